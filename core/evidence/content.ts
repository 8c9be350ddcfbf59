// The proposal against its digests, and the wire form against the events: what was asked is what everybody saw. Erased
// contents cannot be compared; their digests still bind whoever has a copy.
import { sameJson } from '../canonical.ts';
import { actionDigest, paramsDigest, requestDigest } from '../digest.ts';
import type { Json, JsonObject } from '../json.ts';
import { matchWords } from '../match-words.ts';
import { type Case, lineOf } from './case.ts';
import { EMERGENCY_WIRE } from './emergency-wire.ts';
import { editsOf, heldBefore } from './held.ts';
import { atLine } from './tally.ts';

/** params, action and request digest, recomputed from the proposal's erasable part. */
export function checkDigests({ bundle, birth, tally }: Case): void {
  const at = atLine(birth.line);
  if (birth.personal === null) {
    tally.say('digests', 'not-replayable', 'What was asked is erased: its digests cannot be computed again here.', at);
    return;
  }
  const { skeleton } = birth;
  const parts = { ...birth.personal, organization: bundle.organization.id, actor: skeleton.actor } as never;
  const { salt, params, risk_reasons } = birth.personal as { salt: string; params: JsonObject; risk_reasons: Json };
  const computed: JsonObject = {
    params_digest: paramsDigest(salt, params),
    action_digest: actionDigest(parts),
    request_digest: requestDigest({
      ...(birth.personal as object),
      action_digest: skeleton.action_digest,
      risk: { level: skeleton.risk, claimed: skeleton.claimed_risk, reasons: risk_reasons },
      policy: { version: skeleton.policy_version, digest: skeleton.policy_digest, rule: skeleton.rule },
      ...{ requirement: skeleton.requirement, on_behalf_of: skeleton.on_behalf_of, expires_at: skeleton.expires_at },
    } as never),
  };
  const wrong = Object.keys(computed).filter((field) => computed[field] !== skeleton[field]);
  for (const field of wrong)
    tally.say('digests', 'failed', `${field} is not that of what was asked.`, {
      ...at,
      field: `/events/0/event/skeleton/${field}`,
    });
  if (wrong.length === 0)
    tally.say('digests', 'proved', 'What was asked and what reviewers were shown give the recorded digests.', at);
}

type Source = (of: Case) => Json | undefined;
const skeleton =
  (field: string): Source =>
  ({ birth }) =>
    birth.skeleton[field];
const personal =
  (field: string): Source =>
  ({ birth }) =>
    birth.personal?.[field];

/** Field of the wire form → what the events say. Undefined: erased, nothing to compare with. */
const WIRE: Record<string, Source> = {
  id: ({ birth }) => birth.line.event.object,
  object: () => 'approval_request',
  organization: ({ bundle }) => bundle.organization.id,
  status: ({ life }) => life?.status,
  verdict: skeleton('verdict'),
  actor: skeleton('actor'),
  on_behalf_of: skeleton('on_behalf_of'),
  action_digest: skeleton('action_digest'),
  params_digest: skeleton('params_digest'),
  request_digest: skeleton('request_digest'),
  expires_at: skeleton('expires_at'),
  created_at: ({ birth }) => birth.line.event.at,
  break_glass: (of) => (lineOf(of, 'break_glass.used') ? undefined : null),
  match_words: ({ birth }) => matchWords(birth.skeleton.request_digest as string),
  ...Object.fromEntries(
    ['salt', 'action', 'resource', 'params', 'metadata', 'constraints', 'precondition', 'context', 'preview', 'run']
      .concat('message', 'on_rejection')
      .map((field) => [field, personal(field)]),
  ),
};

const placeIn = (value: Json | undefined, path: string): Json | undefined =>
  path.split('/').reduce<Json | undefined>((part, key) => (part as JsonObject | null | undefined)?.[key], value);

const votesSaid: Source = ({ votes }) =>
  votes.map(({ event }) => {
    const { reviewer, decision, stage, delegation = null } = event.skeleton as Record<string, Json>;
    return { reviewer: reviewer!, decision: decision!, stage: stage!, decided_at: event.at, delegation };
  });

const votesShown = ({ bundle }: Case): Json =>
  (bundle.request.decisions as JsonObject[]).map(({ reviewer, decision, stage, decided_at, delegation }) => {
    const said = {
      reviewer: (reviewer as JsonObject).id!,
      decision: decision!,
      stage: stage!,
      decided_at: decided_at!,
    };
    return { ...said, delegation: underShown((delegation ?? null) as JsonObject | null) };
  });

/** Older requests show no `delegation`: nobody lent anything then. */
const underShown = (delegation: JsonObject | null): Json =>
  delegation && { id: delegation.id ?? null, from: (delegation.from as JsonObject | undefined)?.id ?? null };

const editsSaid: Source = (of) =>
  editsOf(of).map(({ event }) => {
    const { reviewer, edits, effective_action_digest } = event.skeleton as Record<string, Json>;
    const shown = { editor: reviewer!, mode: edits!, action_digest: effective_action_digest!, edited_at: event.at };
    return { ...shown, diff: event.personal?.diff ?? null };
  });

/** Wire forms from before there were edits have no list of them; a difference that is erased is nothing to compare. */
const editsShown = (of: Case): Json =>
  ((of.bundle.request.edits ?? []) as JsonObject[]).map(({ editor, mode, action_digest, edited_at, diff }, index) => {
    const shown = {
      editor: (editor as JsonObject).id!,
      mode: mode!,
      action_digest: action_digest!,
      edited_at: edited_at!,
    };
    return { ...shown, diff: editsOf(of)[index]?.event.personal ? diff! : null };
  });

/** Places inside the wire form; a capability is there only once it was issued. */
const INNER: Record<string, Source> = {
  'policy/version': skeleton('policy_version'),
  'policy/digest': skeleton('policy_digest'),
  'policy/rule': skeleton('rule'),
  'risk/level': skeleton('risk'),
  'requester/id': skeleton('requester'),
  'effective/action_digest': (of) => heldBefore(of, Number.POSITIVE_INFINITY).action_digest,
  'effective/params_digest': (of) => heldBefore(of, Number.POSITIVE_INFINITY).params_digest,
  'effective/params': (of) => heldBefore(of, Number.POSITIVE_INFINITY).params ?? undefined,
  'capability/status': ({ life }) => life?.capability ?? undefined,
  'capability/id': ({ bundle }) =>
    bundle.events.find(({ event }) => event.type === 'capability.issued')?.event.skeleton.capability,
};

const same = (one: Json | undefined, other: Json): boolean => sameJson(one ?? null, other);

/** Every field that the tables know; the others repeat what the events say better, or are the operator's comfort. */
export function checkWire(of: Case): void {
  const { bundle, tally } = of;
  const told = Object.entries({ ...WIRE, ...INNER, ...EMERGENCY_WIRE }).map(
    ([field, source]) => [field, source(of)] as const,
  );
  const wrong = told
    .filter(([field, said]) => said !== undefined && !same(placeIn(bundle.request, field), said))
    .map(([field]) => field);
  if (!same(votesShown(of), votesSaid(of)!)) wrong.push('decisions');
  if (!same(editsShown(of), editsSaid(of)!)) wrong.push('edits');
  for (const field of wrong)
    tally.say('request', 'failed', `The request's ${field} is not what its events say.`, {
      field: `/request/${field}`,
    });
  if (of.birth.personal === null)
    tally.say('request', 'not-replayable', 'Contents of the request are erased: nothing here to compare them with.');
  else if (wrong.length === 0)
    tally.say('request', 'proved', 'The request as shown is what its events say.', { field: '/request' });
  tally.say(
    'request',
    'asserted',
    'Names, links, comments and summaries in the request are for reading; what counts is in the events.',
    { field: '/request' },
  );
}

/** Another request's evidence is good evidence of something else. */
export function checkPinnedRequest({ birth, pinned, tally }: Case): void {
  if (pinned.request === null) return;
  const { object } = birth.line.event;
  const said = `This is the evidence of ${object}, not of ${pinned.request}.`;
  if (tally.holds(object === pinned.request, 'request', said, { field: '/events/0/event/object' }))
    tally.say('request', 'proved', `It is about ${object}, as was asked for.`);
}
