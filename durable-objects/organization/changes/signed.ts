// A passkey signs a change. What was signed is compared, field by field, with this object's own state; the plan is made
// again, so that whatever moved since the proposal refuses it. The last needed signature applies it.
import {
  ADMINISTERS,
  type Credential,
  type Passkey,
  type Person,
  type VerifiedAssertion,
} from '../../../core/authority.ts';
import { changeIntent, difference } from '../../../core/change.ts';
import { digestOf } from '../../../core/digest.ts';
import type { ChangeIntent } from '../../../core/intent.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import { standingOfKey } from '../../../core/passkey/enrolled-key.ts';
import { fail, ok, type Result } from '../../../core/problems.ts';
import { baseMoved, closed, needed, notFound, planOf, proposedEvent, viewOf } from '../changes.ts';
import { consumeNonce, inTime, matches, nonceUsed, usedBefore } from '../nonces.ts';
import { isRestricted, usePasskey } from '../passkeys.ts';
import { isOwner } from '../people.ts';
import { authenticate, personWith } from '../principals.ts';
import type { ChangeRecord } from '../records.ts';
import { FOREVER, nowInstant, organizationOf, type Room, record } from '../room.ts';
import { applyNow } from './applied.ts';

export interface SignChange {
  credential: Credential;
  id: string;
  verified: VerifiedAssertion;
}

/** What is kept of each signature until the change is applied, for its event. */
export interface SignedPart {
  intent: JsonObject;
  assertion: JsonObject;
}

/** Takes a signature; the id of the change and whether this very signature was taken before. Only inside `transact`. */
export function sign(room: Room, question: SignChange): Result<{ id: string; replayed: boolean }> {
  const { id, verified } = question;
  const change = room.store.changes.get(id);
  const by = signerOf(room, question.credential, change);
  if (!by.ok) return by;
  if (!change) return notFound();
  const signer = by.value.user;
  const use = usedBefore(room, verified.intent);
  if (use) return use.used_for === id && use.by === signer ? ok({ id, replayed: true }) : nonceUsed();
  const checked = checkSigned(room, change, signer, verified);
  if (!checked.ok) return checked;
  const passkey = keyThatMay(room, signer, verified);
  if (!passkey.ok) return passkey;
  const replanned = planAgain(room, change);
  if (!replanned.ok) return replanned;
  const consumed = consumeNonce(room, verified.intent, { until: FOREVER, used_for: id, by: signer });
  if (!consumed.ok) return consumed;
  return take(room, replanned.value, { signer, passkey: passkey.value.id, name: by.value.name }, verified);
}

/** Administrators sign; what is somebody's own to give, that person, and a second one only where two must. */
function signerOf(room: Room, credential: Credential, change: ChangeRecord | null): Result<Person> {
  const known = authenticate(room, credential);
  if (known.ok && known.value.kind === 'person' && known.value.user === change?.giver) return ok(known.value);
  const by = personWith(room, credential, ADMINISTERS);
  if (!by.ok || change?.giver === undefined || change.signatures_needed > 1) return by;
  return fail('forbidden', 'Nobody delegates for somebody else: only whose right it is signs this.');
}

/** The intent's time, the change's state, and every field of what was signed. */
function checkSigned(room: Room, change: ChangeRecord, signer: string, { intent }: VerifiedAssertion): Result<void> {
  const timely = inTime(intent);
  if (!timely.ok) return timely;
  if (viewOf(change).status !== 'proposed' || change.sealing) return closed(change);
  const { id: organization, rp_id } = organizationOf(room);
  const expected = changeIntent({ organization, rp_id, signer, change }, intent as unknown as ChangeIntent);
  const same = matches(intent, expected as unknown as JsonObject);
  if (!same.ok) return same;
  const twice = change.signatures.some((signature) => signature.signer === signer);
  return twice
    ? fail('second-signature-required', 'You have signed this change: another administrator must sign it too.')
    : ok(undefined);
}

function keyThatMay(room: Room, signer: string, verified: VerifiedAssertion): Result<Passkey> {
  const used = usePasskey(room, signer, verified);
  if (!used.ok || !isRestricted(used.value)) return used;
  return fail(
    'passkey-too-new',
    `This passkey signs no changes before ${used.value.restricted_until}. Use an older one.`,
  );
}

/** Plans once more from the state as it is now: another before or after, and the change is void. */
function planAgain(room: Room, change: ChangeRecord): Result<ChangeRecord> {
  const { id, kind, value, before, proposed_by: by } = change;
  // Something new has no target yet: its ids come from the change. A policy's target is its next version.
  const target = before === null || kind === 'policy' ? null : change.target;
  const plan = planOf(room, id, { kind, target, value, by });
  if (!plan.ok) return plan.problem.code === 'not-found' ? baseMoved() : plan;
  const { before_digest, after_digest } = difference(kind, plan.value.before, plan.value.after);
  if (before_digest !== change.before_digest || after_digest !== change.after_digest) return baseMoved();
  const signatures_needed = Math.max(change.signatures_needed, needed(room, kind, plan.value));
  return ok({ ...change, signatures_needed, needs_owner: plan.value.needsOwner });
}

function take(
  room: Room,
  change: ChangeRecord,
  by: { signer: string; passkey: string; name: string },
  { intent, assertion }: VerifiedAssertion,
): Result<{ id: string; replayed: boolean }> {
  const { signer, passkey, name } = by;
  const signatures = [...change.signatures, { signer, passkey, signed_at: nowInstant() }];
  const signed = room.store.changes.put({ ...change, signatures });
  const parts = [...partsOf(room, change.id), { intent, assertion }];
  room.store.marks.put({ name: `signed ${change.id}`, value: parts as unknown as Json });
  if (signatures.length < signed.signatures_needed) {
    const digests = parts.map((part) => digestOf(part.intent));
    record(room, [proposedEvent(signed, signer, name, digests)]);
    return ok({ id: change.id, replayed: false });
  }
  if (signed.needs_owner && !signatures.some((signature) => isOwner(room, signature.signer)))
    return fail('forbidden', 'This concerns the role of owner: an owner must sign it.');
  const { giver } = signed;
  if (giver !== undefined && !signatures.some(({ signer }) => signer === giver))
    return fail('forbidden', 'Whose right it is must sign this, too.');
  const standing = signatures.every((signature) => mayStillSign(room, signature, giver));
  if (!standing)
    return fail(
      'forbidden',
      'Somebody who signed this before is no administrator any more, or signed with a passkey that was revoked since. Propose it again.',
    );
  applyNow(room, signed, parts);
  return ok({ id: change.id, replayed: false });
}

const partsOf = (room: Room, id: string): SignedPart[] =>
  (room.store.marks.get(`signed ${id}`)?.value ?? []) as unknown as SignedPart[];

/** Whether a signature still stands: its person administers, and its key was not taken away and can be verified. */
const mayStillSign = (room: Room, { signer, passkey }: ChangeRecord['signatures'][number], giver?: string): boolean => {
  const member = room.store.members.get(signer)!;
  const entitled = signer === giver || member.roles.some((role) => ADMINISTERS.includes(role));
  const key = room.store.passkeys.get(passkey);
  const stands = key?.status === 'active' && standingOfKey(key.public_key).fault === null;
  return member.status === 'active' && entitled && stands;
};
