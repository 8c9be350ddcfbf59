// OpenID providers: changes of whose signed tokens decide, and which workloads become which service account.
import { digestOf } from '../../../core/digest.ts';
import { asJson, type Instant, type JsonObject } from '../../../core/json.ts';
import { DEFAULT_TOKEN_LEEWAY_SECONDS } from '../../../core/limits.ts';
import type { KnownIssuer, OidcIssuer } from '../../../core/oidc/issuer.ts';
import { outboundUrlFault } from '../../../core/outbound-url.ts';
import { fail, ok, type Result } from '../../../core/problems.ts';
import { draft, nowInstant, organizationOf, type Room } from '../room.ts';
import { afterOf, creatorOf, type Kind, type Plan, plain, type Wish, wrong } from './kind.ts';

/** What is signed: the settings alone, without what the organisation notes beside them. */
export const issuerDocument = (of: OidcIssuer): OidcIssuer => ({
  ...{ id: of.id, name: of.name, issuer: of.issuer, purpose: of.purpose, audience: of.audience },
  ...{ algorithms: of.algorithms, leeway_seconds: of.leeway_seconds, jwks_uri: of.jwks_uri },
  ...{ group_claim: of.group_claim, group_mappings: of.group_mappings, rules: of.rules },
});

const fresh = (room: Room, id: string): Omit<OidcIssuer, 'name' | 'issuer' | 'purpose'> => ({
  id,
  // What our own tokens are issued by: a name that nobody else has.
  audience: `${room.env.BASE_URL}/o/${organizationOf(room).id}`,
  ...{ algorithms: ['RS256'], leeway_seconds: DEFAULT_TOKEN_LEEWAY_SECONDS, jwks_uri: null },
  ...{ group_claim: null, group_mappings: {}, rules: [] },
});

function planIssuer(room: Room, { target, value, mint }: Wish): Result<Plan> {
  const known = target === null ? null : room.store.issuers.get(target);
  if (target !== null && !known) return fail('not-found', 'There is no such identity provider.');
  const before = known && issuerDocument(known);
  const { removed, ...fields } = value as { removed?: boolean } & Partial<OidcIssuer>;
  if (removed) return before ? ok(plain(before.id, asJson(before), null)) : wrong('/value/removed', 'nothing is there');
  const after = { ...(before ?? fresh(room, mint('iss'))), ...fields } as OidcIssuer;
  const fault = faultOf(room, before, after);
  if (fault !== null) return fault;
  // Whoever runs a provider of people decides what they decide: two must want that.
  return ok({ ...plain(after.id, asJson(before), asJson(after)), letsApprove: after.purpose === 'people' });
}

type Fault = ReturnType<typeof wrong> | null;

function faultOf(room: Room, before: OidcIssuer | null, after: OidcIssuer): Fault {
  if (before && (before.issuer !== after.issuer || before.purpose !== after.purpose))
    return wrong('/value/issuer', 'a provider keeps its address and purpose: remove it and add the other one');
  const taken = room.store.issuers.list(['issuer', '=', after.issuer]).some(({ id }) => id !== after.id);
  if (taken) return wrong('/value/issuer', 'this provider is there already, and one provider has one purpose');
  return addressFault(room, after) ?? purposeFault(after) ?? ruleFault(room, after);
}

/** OpenID Connect Discovery 1.0 section 3: "no query or fragment components". */
function addressFault({ env }: Room, { issuer, jwks_uri }: OidcIssuer): Fault {
  const fault = outboundUrlFault(issuer, env.BASE_URL, 'Identity providers');
  if (fault !== null) return wrong('/value/issuer', fault);
  if (new URL(issuer).search !== '') return wrong('/value/issuer', 'an issuer has no query');
  const keys = jwks_uri === null ? null : outboundUrlFault(jwks_uri, env.BASE_URL, 'Identity providers');
  return keys === null ? null : wrong('/value/jwks_uri', keys);
}

function purposeFault({ purpose, rules, group_claim, group_mappings }: OidcIssuer): Fault {
  const maps = Object.keys(group_mappings).length > 0;
  if (purpose === 'people' && rules.length > 0)
    return wrong('/value/rules', 'rules are for workloads: a provider of people has none');
  if (purpose === 'workload' && (maps || group_claim !== null))
    return wrong('/value/group_mappings', 'workloads decide nothing, so groups of theirs mean nothing');
  return maps && group_claim === null ? wrong('/value/group_claim', 'name the claim that the groups are in') : null;
}

function ruleFault(room: Room, { rules }: OidcIssuer): Fault {
  for (const [at, rule] of rules.entries()) {
    const account = room.store.service_accounts.get(rule.service_account);
    if (!account) return wrong(`/value/rules/${at}/service_account`, 'there is no such service account');
    const strange = rule.actors?.find((actor) => !account.actors.includes(actor));
    if (strange) return wrong(`/value/rules/${at}/actors`, `${account.name} does not act as ${strange}`);
  }
  return null;
}

/** Since when each group is mapped: anew if another value leads to it, or if something else proves it. */
function mappedSince(known: KnownIssuer | null, after: OidcIssuer): Record<string, Instant> {
  const steady = (group: string): boolean =>
    known !== null &&
    sameProof(known, after) &&
    leadingTo(after, group).every((value) => known.group_mappings[value] === group);
  const groups = Object.values(after.group_mappings);
  return Object.fromEntries(groups.map((group) => [group, steady(group) ? known!.mapped_since[group]! : nowInstant()]));
}

const leadingTo = ({ group_mappings }: OidcIssuer, group: string): string[] =>
  Object.keys(group_mappings).filter((value) => group_mappings[value] === group);

export const oidc_issuer: Kind = {
  plan: planIssuer,
  event: (change, _shared, by) => {
    const settings = (change.after ?? change.before) as JsonObject;
    const about = { issuer: change.target, purpose: settings.purpose!, settings_digest: digestOf(settings) };
    const removed = change.after === null;
    return draft('oidc_issuer.updated', by, { ...about, change: change.id, removed }, { settings });
  },
  apply: (room, change) => {
    if (change.after === null) return room.store.issuers.drop(['id', '=', change.target]);
    const after = afterOf<OidcIssuer>(change);
    const known = room.store.issuers.get(change.target);
    const noted = {
      ...{ change: change.id, digest: digestOf(asJson(after)), mapped_since: mappedSince(known, after) },
      makers: makersOf(known, after, creatorOf(change)),
    };
    room.store.issuers.put({ ...after, ...noted, updated_at: nowInstant() });
  },
};

/** Who wrote rules stays answerable for them, whoever changes something else of the provider afterwards. */
function makersOf(known: KnownIssuer | null, after: OidcIssuer, by: string | null): Record<string, string[]> {
  const rulesFor = (of: OidcIssuer | null, account: string) =>
    digestOf(asJson((of?.rules ?? []).filter((rule) => rule.service_account === account)));
  const accounts = [...new Set(after.rules.map((rule) => rule.service_account))];
  return Object.fromEntries(
    accounts.map((account) => {
      const before = known?.makers?.[account] ?? [];
      const wrote = by !== null && (before.length === 0 || rulesFor(known, account) !== rulesFor(after, account));
      return [account, [...new Set(wrote ? [...before, by] : before)]];
    }),
  );
}

const sameProof = (one: OidcIssuer, other: OidcIssuer): boolean => {
  const proof = ({ audience, algorithms, jwks_uri, group_claim }: OidcIssuer) =>
    digestOf(asJson({ audience, algorithms, jwks_uri, group_claim }));
  return proof(one) === proof(other);
};
