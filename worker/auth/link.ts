// The address that a link's holder opens: its page, and its token in the fragment, which no server log ever sees.
import { formatLinkToken, type LinkClaims, type LinkPurpose } from '../../core/credential.ts';
import type { Ctx } from '../context.ts';
import { macKeysOf } from '../secrets.ts';

/** Purpose → the dashboard's page. */
const PAGES: Record<LinkPurpose, string> = { setup: 'setup', invitation: 'join', recovery: 'recover' };

/** Claims of the organisation → `https://HOST/join#token=…`. */
export const linkUrl = (c: Ctx, claims: LinkClaims): string =>
  `${c.env.BASE_URL}/${PAGES[claims.purpose]}#token=${formatLinkToken(macKeysOf(c.env, 'link'), claims)}`;
