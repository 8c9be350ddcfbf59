// The policy, the organisation's own settings, and the lifting of a stop.
import type { OrganizationSettings, Stop } from '../../../core/authority.ts';
import { asJson, type Digest, type JsonObject } from '../../../core/json.ts';
import { type Policy, parsePolicy, policyDigest, policyWords } from '../../../core/policy.ts';
import { fail, ok, type Result } from '../../../core/problems.ts';
import { warningsOfPeople } from '../approvers.ts';
import type { OrganizationRecord } from '../records.ts';
import { draft, nowInstant, organizationOf, type Room } from '../room.ts';
import { afterOf, type Kind, type Plan, plain, type Wish } from './kind.ts';

interface PolicyDocument {
  version: number;
  digest: Digest;
  source: string;
}

function planPolicy(room: Room, { value, mint }: Wish): Result<Plan> {
  const source = String(value.source);
  const parsed = parsePolicy(source);
  if (!parsed.ok) return parsed;
  const inForce = room.store.policies.get(organizationOf(room).policy_version)!;
  const { version, digest, source: old } = inForce;
  const before: PolicyDocument = { version, digest, source: old };
  const after: PolicyDocument = { version: version + 1, digest: policyDigest(parsed.value.policy), source };
  const warnings = [...parsed.value.warnings, ...warningsOfPeople(room, source, parsed.value.policy)];
  const words = policyWords(inForce.policy, parsed.value.policy);
  return ok({ ...plain(mint('pol'), asJson(before), asJson(after), warnings), words });
}

const parsedAgain = (source: string): Policy => {
  const parsed = parsePolicy(source);
  if (!parsed.ok) throw new Error('a planned policy does not parse');
  return parsed.value.policy;
};

export const policy: Kind = {
  plan: planPolicy,
  event: (change, shared, by) => {
    const { version, digest, source } = afterOf<PolicyDocument>(change);
    const { intents, assertions } = shared.personal;
    const personal = { source, policy: asJson(parsedAgain(source)), intents: intents!, assertions: assertions! };
    return draft('policy.published', by, { ...shared.skeleton, version, digest }, personal);
  },
  apply: (room, change) => {
    const document = afterOf<PolicyDocument>(change);
    const published = {
      published_by: change.signatures.at(-1)?.signer ?? change.proposed_by,
      published_at: nowInstant(),
    };
    room.store.policies.put({ ...document, ...published, policy: parsedAgain(document.source), change: change.id });
    room.store.organizations.put({ ...organizationOf(room), policy_version: document.version });
  },
};

const settingsDocument = ({ id, name, settings }: OrganizationRecord) => ({ id, name, settings });

export const organization: Kind = {
  plan: (room, { target, value }) => {
    const now = organizationOf(room);
    if (target !== null && target !== now.id) return fail('not-found', 'There is no such organisation.');
    const before = settingsDocument(now);
    const settings = { ...before.settings, ...((value.settings ?? {}) as unknown as Partial<OrganizationSettings>) };
    const after = { ...before, name: value.name ?? before.name, settings };
    // Else one administrator alone could take the second one's signature away, and then do what it was asked for.
    const letsApprove = before.settings.four_eyes.some((kind) => !settings.four_eyes.includes(kind));
    return ok({ ...plain(now.id, asJson(before), asJson(after)), letsApprove });
  },
  event: (change, shared, by) => {
    const { name, settings } = change.after as JsonObject;
    return draft('organization.updated', by, shared.skeleton, { name: name!, settings: settings! });
  },
  apply: (room, change) => {
    const { name, settings } = afterOf<OrganizationRecord>(change);
    room.store.organizations.put({ ...organizationOf(room), name, settings });
  },
};

export const stop_lift: Kind = {
  plan: (room, { target }) => {
    const stop = target === null ? null : room.store.stops.get(target);
    if (!stop || stop.lifted_at !== null) return fail('not-found', 'There is no such stop.');
    const { lifted_at: _, ...before } = stop;
    return ok(plain(stop.id, asJson(before satisfies Stop), null));
  },
  event: (change, _shared, by) => draft('stop.lifted', by, { stop: change.target, change: change.id }),
  apply: (room, change) => {
    room.store.stops.put({ ...room.store.stops.get(change.target)!, lifted_at: nowInstant() });
  },
};
