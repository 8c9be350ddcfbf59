// The policy in force: published by an event before the request, its document under the digest that the request pins;
// and the organisation that it belongs to, live or test. What it says is judgement.ts's; whether that was right is for people to read.
import { digestOf } from '../digest.ts';
import type { Json } from '../json.ts';
import type { Policy } from '../policy/model.ts';
import type { Case } from './case.ts';
import { pointerTo } from './case.ts';
import type { EvidenceLine } from './forms.ts';
import { atLine } from './tally.ts';

const named = ({ event }: EvidenceLine) =>
  event.type === 'organization.created'
    ? { version: event.skeleton.policy_version, digest: event.skeleton.policy_digest }
    : { version: event.skeleton.version, digest: event.skeleton.digest };

const PUBLISHES: readonly string[] = ['organization.created', 'policy.published'];

/** The event that published the version which the request pins. */
export const publicationIn = ({ bundle, birth }: Case): EvidenceLine | undefined =>
  bundle.organization_events.find(
    (line) => PUBLISHES.includes(line.event.type) && named(line).version === birth.skeleton.policy_version,
  );

export function checkPolicy(of: Case): void {
  const { birth, tally } = of;
  const line = publicationIn(of);
  const { policy_version: version, policy_digest: digest } = birth.skeleton;
  if (
    !tally.holds(line !== undefined, 'policy', `No event publishes policy version ${version}.`, {
      field: '/organization_events',
    })
  )
    return;
  const at = atLine(line!);
  const before = line!.receipt.index < birth.line.receipt.index;
  const pins = named(line!).digest === digest && before;
  if (!tally.holds(pins, 'policy', 'The request pins another policy than was published before it.', at)) return;
  const document = line!.event.personal?.policy;
  if (document === undefined) {
    tally.say(
      'policy',
      'not-replayable',
      `Version ${version} was published under this digest; its text is not here.`,
      at,
    );
    return;
  }
  const fits = digestOf(document as Json) === digest;
  const field = pointerTo(of, line!, '/event/personal/policy');
  if (tally.holds(fits, 'policy', 'The policy document is not the one that the digest names.', { ...at, field }))
    tally.say('policy', 'proved', `Policy version ${version} is the document that the request pins.`, at);
  const word =
    'That no later version was in force by then, and that people signed this one, is the operator’s word here.';
  tally.say('policy-in-force', 'asserted', word, at);
}

/** The document that the request pins; null where it is not here, or another. */
export function policyIn(of: Case): Policy | null {
  const document = publicationIn(of)?.event.personal?.policy;
  const pinned = document !== undefined && digestOf(document as Json) === of.birth.skeleton.policy_digest;
  return pinned ? (document as unknown as Policy) : null;
}

/** Live or test, and where its passkeys belong, as its first event says for ever. */
export function checkOrganization({ bundle, pinned, tally }: Case): void {
  const { id, kind } = bundle.organization;
  const field = '/organization';
  const strange = [...bundle.events, ...bundle.organization_events].find(({ event }) => event.organization !== id);
  tally.holds(id === pinned.organization, 'organization', `The bundle is of ${id}, not of ${pinned.organization}.`, {
    field,
  });
  if (strange) tally.say('organization', 'failed', 'The event is of another organisation.', atLine(strange));
  const created = bundle.organization_events.find(({ event }) => event.type === 'organization.created');
  if (
    !tally.holds(created !== undefined, 'organization', 'The event that founded the organisation is missing.', {
      field,
    })
  )
    return;
  const { skeleton } = created!.event;
  const holds = skeleton.kind === kind && skeleton.rp_id === pinned.rp_id;
  if (
    tally.holds(
      holds,
      'organization',
      'It was founded as another kind, or for another relying party.',
      atLine(created!),
    )
  )
    tally.say(
      'organization',
      'proved',
      `${id} is a ${kind} organisation, founded for ${pinned.rp_id}.`,
      atLine(created!),
    );
}
