// What every offered ceremony must look like, whatever it is about. Pure.
import { challengeText, type Intent } from '../../../core/intent.ts';

/** trust.md: an intent lives for two minutes at most. */
const MAX_LIFETIME_MS = 120_000;

/** Why an intent of `kind` cannot be signed on a page of `hostname`; null when it can. */
export function faultOfFrame(intent: Intent, kind: Intent['kind'], hostname: string): string | null {
  if (intent.v !== 1 || intent.kind !== kind) return `The server answered with a ceremony that is not “${kind}”.`;
  if (!isSiteOf(intent.rp_id, hostname))
    return `The server named “${intent.rp_id}” as the site, which this page is not.`;
  const lifetime = Date.parse(intent.expires_at) - Date.parse(intent.issued_at);
  if (!(lifetime > 0 && lifetime <= MAX_LIFETIME_MS)) return 'The server’s times for this signature are not plausible.';
  return null;
}

/** Why the server's challenge is not the one of the intent that the page stands behind; null when it is. */
export const faultOfChallenge = (intent: Intent, challenge: string): string | null =>
  challengeText(intent) === challenge ? null : 'The server asked to sign something else than this page shows.';

const isSiteOf = (rpId: string, hostname: string) =>
  rpId !== '' && (hostname === rpId || hostname.endsWith(`.${rpId}`));
