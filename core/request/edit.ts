// An edit, judged against the record: what policy lets a reviewer change, what it asks of the action that comes of it, and
// the one step of the table. The signature over it is vote.ts's where it comes with an approval, and edit-alone.ts's where
// it does not. Invariant: nothing becomes milder, and an edit changes params only.
import type { Facts } from '../authority.ts';
import { canonicalBytes } from '../canonical.ts';
import { type ActionParts, paramsDigest } from '../digest.ts';
import { instantAt } from '../duration.ts';
import { type Edited, editedAction } from '../edit.ts';
import type { JsonObject } from '../json.ts';
import { MAX_EDITED_BYTES, MAX_EDITS } from '../limits.ts';
import { faultsOfCall, faultsOfTiedEdit, narrows } from '../policy/parameters.ts';
import { rejudged } from '../policy/rejudge.ts';
import type { Judgement } from '../policy.ts';
import { fail, ok, type Result } from '../problems.ts';
import { judgeReject } from '../requirement.ts';
import { asWritten, editsOf, inForce, liveVotes } from './in-force.ts';
import type { RecordedEdit, RequestRecord } from './record.ts';
import { aboutOf, peopleOf, stageOf } from './stage.ts';

/** What the Worker gathered for an edit; serialisable. */
export interface EditPart {
  params: JsonObject;
  /** Of the edited action, by the policy version that the request pins. */
  judgement: Judgement;
}

/** An edit that policy lets pass, before anybody signed it. */
export type Plan = Pick<RecordedEdit, 'mode' | 'replaces' | 'action_digest' | 'diff' | 'in_force' | 'rule'> & {
  effective: RequestRecord['effective'];
};

const actionOf = ({ organization, salt, proposal, judgement }: RequestRecord): ActionParts => ({
  ...{ organization: organization.id, salt, ...proposal, constraints: judgement.constraints },
});

/**
 * What would come of an edit.
 *
 * @returns `edits-not-allowed`, `policy-denies`, `edit-widens` or `invalid-request` with the places where it may not be
 */
export function planned(record: RequestRecord, { params, judgement }: EditPart): Result<Plan> {
  const mode = inForce(record).edits;
  if (mode === 'none')
    return fail('edits-not-allowed', 'Policy lets nobody edit this request: approve it as it is, or reject it.');
  const edited = editedAction(actionOf(record), params, record.judgement.parameters);
  const fits = changeFits(record, mode, { ...edited, params }, judgement);
  if (!fits.ok) return fits;
  return ok({
    mode,
    replaces: record.effective.action_digest,
    action_digest: edited.action_digest,
    diff: edited.diff,
    in_force: rejudged(asWritten(record), judgement),
    rule: judgement.rule,
    effective: { params, action_digest: edited.action_digest, params_digest: paramsDigest(record.salt, params) },
  });
}

function changeFits(
  record: RequestRecord,
  mode: RecordedEdit['mode'],
  edited: Edited,
  judgement: Judgement,
): Result<null> {
  if (edited.action_digest === record.effective.action_digest)
    return places('invalid-request', 'These params are the ones that stand: nothing is edited.', [
      { pointer: '/params', detail: 'does not differ' },
    ]);
  if (editsOf(record).length >= MAX_EDITS)
    return fail('edits-not-allowed', `A request takes ${MAX_EDITS} edits, and this one has them.`);
  const bytes = canonicalBytes(edited).length;
  if (bytes > MAX_EDITED_BYTES)
    return fail('payload-too-large', `An edit and its diff have ${MAX_EDITED_BYTES} bytes at most: reject it instead.`);
  const schema = judgement.parameters ?? null;
  const tied = faultsOfTiedEdit(schema, record.effective.params, edited.params);
  if (tied.length > 0) return places('invalid-request', 'An edit keeps the resource.', tied);
  const { resource } = record.proposal;
  const misfits = faultsOfCall(schema, { resource, params: edited.params });
  if (misfits.length > 0) return places('invalid-request', 'The edited params do not fit their schema.', misfits);
  const wider = mode === 'narrow' ? narrows(schema, record.effective.params, edited.params) : [];
  if (wider.length > 0)
    return places('edit-widens', 'Policy lets a reviewer only reduce what is asked, where its schema says so.', wider);
  if (judgement.verdict !== 'deny') return ok(null);
  return fail('policy-denies', `Policy denies the edited action (rule ${judgement.rule ?? 'default'}).`);
}

const places = (
  code: 'invalid-request' | 'edit-widens',
  detail: string,
  errors: { pointer: string; detail: string }[],
) => fail(code, `${detail} ${errors[0]!.pointer} ${errors[0]!.detail}`, { errors });

/** policy.md "Edits": "an editor under `any` may not approve it". */
export const editorsDoNotApprove = () =>
  fail('not-eligible', 'Whoever edits this request does not approve it: edit it, and somebody else decides.');

/** Who edits, once the passkey is verified. */
export type By = Omit<RecordedEdit, keyof Plan>;

/** The record after an edit, as far as params and requirement go; its life is the table's to change. */
export function withEdit(record: RequestRecord, plan: Plan, by: By): RequestRecord {
  const { effective, ...what } = plan;
  return { ...record, effective, edits: [...editsOf(record), { ...what, ...by }] };
}

/** The record as it would be, for whoever offers the intent: nobody has signed. */
export const asIfEdited = (record: RequestRecord, plan: Plan): RequestRecord =>
  withEdit(record, plan, {
    ...{ editor: '', name: '', stage: 0, comment: null, edited_at: record.updated_at, passkey: '', new_counter: 0 },
    ...{ backed_up: false, intent: {} as By['intent'], seq: record.seq + 1 },
  });

/**
 * Whether this person edits now: a reviewer of the open stage, as for a rejection.
 *
 * @returns the index of that stage
 */
export function mayEdit(record: RequestRecord, editor: string, facts: Facts, voted_at: string): Result<number> {
  const { index } = stageOf(record, facts);
  const judged = judgeReject({
    ...{ requirement: inForce(record).requirement, votes: liveVotes(record), standings: facts.standings },
    ...{ voter: editor, created_at: record.created_at, voted_at, stage: index },
    effective_action_digest: record.effective.action_digest,
    people: peopleOf(record, facts.owners),
    about: aboutOf(record, instantAt(facts.as_of)),
  });
  if (!judged.ok || judged.value.delegation === undefined) return judged.ok ? ok(index) : judged;
  return fail('not-eligible', 'What was lent to you is the right to decide: it edits nothing.');
}
