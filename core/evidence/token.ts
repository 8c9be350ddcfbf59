// A decision that a provider's token signed, verified again from what is sealed: the settings that a signed change fixed
// before it, the token over exactly the intent, the key that verified it. That this key was the provider's at that moment
// is the operator's word: providers keep no record of keys that anybody could ask later.
import { digestOf } from '../digest.ts';
import { instantMs } from '../duration.ts';
import { challengeText, type DecisionIntent } from '../intent.ts';
import { isObject, type JsonObject } from '../json.ts';
import { provenGroups } from '../oidc/claims.ts';
import type { OidcIssuer } from '../oidc/issuer.ts';
import {
  faultOfClaims,
  isSignedBy,
  type ReadToken,
  readToken,
  type TokenKey,
  tokenEnd,
  tokenKey,
} from '../oidc/token.ts';
import type { ProvenIdentity } from '../requirement.ts';
import { type Case, pointerTo } from './case.ts';
import type { EvidenceLine } from './forms.ts';
import { atLine } from './tally.ts';

/** What the event of such a vote holds until it is erased. */
export interface TokenSigned {
  intent: DecisionIntent;
  token: string;
  token_key: TokenKey & JsonObject;
  eligibility: JsonObject;
}

export const isByToken = ({ event }: EvidenceLine): boolean => event.skeleton.method === 'oidc';

const tokenSigned = ({ event }: EvidenceLine): TokenSigned => event.personal as unknown as TokenSigned;

/** The token's text; of a file that holds none, a text that no token is. */
const tokenText = ({ event }: EvidenceLine): string => {
  const token = event.personal?.token;
  return typeof token === 'string' ? token : '';
};

/** The last event before this vote that fixed the settings which it names. */
function settingsLine({ bundle }: Case, { event, receipt }: EvidenceLine): EvidenceLine | undefined {
  const { issuer, issuer_settings } = event.skeleton;
  return bundle.organization_events.findLast(
    (line) =>
      line.event.type === 'oidc_issuer.updated' &&
      line.event.skeleton.issuer === issuer &&
      line.event.skeleton.settings_digest === issuer_settings &&
      line.event.skeleton.removed === false &&
      line.receipt.index < receipt.index,
  );
}

const settingsOf = (line: EvidenceLine | undefined): OidcIssuer | null =>
  (line?.event.personal?.settings ?? null) as unknown as OidcIssuer | null;

/** What the token proves of who voted; null where it is erased or nothing can be read from it. */
export function provenBy(of: Case, line: EvidenceLine): ProvenIdentity | null {
  const settings = settingsOf(settingsLine(of, line));
  const read = line.event.personal === null ? 'erased' : readToken(tokenText(line));
  if (settings === null || typeof read === 'string') return null;
  const { sub } = read.claims;
  const until = tokenEnd(read.claims);
  if (until === null) return null;
  const groups = provenGroups(settings, read.claims);
  return { issuer: settings.id, subject: String(sub), groups, until };
}

/** Says of a token what `checkAssertion` says of a passkey. Answers whether the signature is good. */
export async function checkToken(of: Case, line: EvidenceLine): Promise<boolean> {
  const { tally } = of;
  const at = atLine(line);
  const fixed = settingsLine(of, line);
  const { issuer } = line.event.skeleton;
  if (!tally.holds(fixed !== undefined, 'issuer', `No change before the decision made ${issuer} a provider.`, at))
    return false;
  const settings = settingsOf(fixed);
  if (settings === null) {
    tally.say('issuer', 'not-replayable', `The settings of ${issuer} are erased: not replayable here.`, atLine(fixed!));
    return false;
  }
  const named = digestOf(settings) === fixed!.event.skeleton.settings_digest;
  const ours = named && settings.purpose === 'people';
  if (!tally.holds(ours, 'issuer', `${issuer} is no provider of people by these settings.`, atLine(fixed!)))
    return false;
  const said = `An entry before the decision trusts ${settings.issuer} for people, under these settings.`;
  tally.say('issuer', 'proved', said, atLine(fixed!));
  tally.say('issuer-change', 'asserted', 'That people signed that change is the operator’s word here.', atLine(fixed!));
  const fault = await faultOfToken(of, line, settings);
  const field = pointerTo(of, line, '/event/personal/token');
  if (!tally.holds(fault === null, 'signature', `The token does not hold: ${fault}.`, { ...at, field })) return false;
  const word = 'That the sealed key was the provider’s then: the operator’s word.';
  tally.say('issuer-key', 'asserted', word, { ...at, field: pointerTo(of, line, '/event/personal/token_key') });
  return true;
}

async function faultOfToken({ crypto }: Case, line: EvidenceLine, settings: OidcIssuer): Promise<string | null> {
  const { token_key, intent } = tokenSigned(line);
  const read = readToken(tokenText(line));
  if (typeof read === 'string') return read;
  if (!settings.algorithms.includes(read.alg)) return `${read.alg} is not the provider’s`;
  if (!isObject(token_key)) return 'the key that verified it is not there';
  const key = tokenKey(token_key, read.alg);
  if (key === null || token_key.alg !== read.alg) return 'the sealed key is of another kind';
  if ((token_key.kid ?? null) !== line.event.skeleton.kid) return 'the sealed key has another id';
  if (!(await isSignedBy(read, key, crypto))) return 'another key signed it';
  return faultOfClaims(read.claims, settings, instantMs(line.event.at) / 1_000) ?? faultOfNonce(read, intent);
}

const faultOfNonce = ({ claims }: ReadToken, intent: DecisionIntent): string | null =>
  claims.nonce === challengeText(intent) ? null : 'its nonce is not the intent’s challenge';
