// What every signed act on a request is held against: its person and key stand by the organisation's facts, its nonce is
// new or its own, its two minutes are not over. What may be decided with it is for others to judge.
import type { Facts, Passkey, Standing } from '../authority.ts';
import { sameJson } from '../canonical.ts';
import { instantMs } from '../duration.ts';
import type { DecisionIntent, EditIntent } from '../intent.ts';
import type { Instant } from '../json.ts';
import { CLOCK_SKEW_MS } from '../limits.ts';
import { fail, ok, type Result } from '../problems.ts';
import type { Advance } from './advance.ts';
import { editsOf } from './in-force.ts';
import type { RequestRecord } from './record.ts';

export interface Signature {
  /** Id of the passkey that signed, as the Worker verified it. */
  passkey: string;
  /** The authenticator's counter after signing; 0 for keys that do not count. */
  new_counter: number;
  facts: Facts;
}

/** The reviewer with the passkey that signed; 'not-eligible' or 'ceremony-failed' otherwise. */
export function signerOf(
  reviewer: string,
  { passkey: id, new_counter, facts }: Signature,
): Result<{ standing: Standing; passkey: Passkey }> {
  const standing = facts.standings[reviewer];
  const passkey = standing?.passkeys.find((key) => key.id === id && key.status === 'active');
  if (!standing?.active || !passkey)
    return fail('not-eligible', 'Your membership or this passkey is no longer active.');
  if (isCloned(passkey, new_counter))
    return fail('ceremony-failed', 'This passkey’s counter did not grow: a copy of it may exist. Use another one.');
  return ok({ standing, passkey });
}

/** A device-bound key that counts grows with each signature (WebAuthn level 3, section 6.1.1); 0 and 0 is normal. */
const isCloned = ({ device_type, counter }: Passkey, new_counter: number): boolean =>
  device_type === 'singleDevice' && (counter > 0 || new_counter > 0) && new_counter <= counter;

/** What every signed act on a request has. */
type SignedIntent = DecisionIntent | EditIntent;

/**
 * The answer to a nonce that is recorded: the same reviewer with the same intent gets the same answer, anyone else is
 * refused. Null for a nonce that is new here.
 */
export function repeatOf(record: RequestRecord, intent: SignedIntent): Result<Advance> | null {
  const signed = [...record.votes, ...editsOf(record)].find((before) => before.intent.nonce === intent.nonce);
  if (!signed) return null;
  if (sameJson(signed.intent, intent)) return ok({ record, drafts: [], statements: [], replayed: true });
  return fail('nonce-used', 'This ceremony was already used for a decision: load the page again and sign anew.');
}

/** 'intent-expired' outside its two minutes. */
export function expired(intent: SignedIntent, now: Instant): Result<null> {
  const issued_ahead_ms = instantMs(intent.issued_at) - instantMs(now);
  if (now < intent.expires_at && issued_ahead_ms <= CLOCK_SKEW_MS) return ok(null);
  return fail('intent-expired', 'The intent has expired: load the page again and sign anew.');
}

export const intentMismatch = () =>
  fail('intent-mismatch', 'What was signed is not what this request would decide: read it again and sign anew.');
