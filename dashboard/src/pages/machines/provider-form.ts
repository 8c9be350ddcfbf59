// What the form of an identity provider holds while somebody types, and what it then says. Shapes only: what is wrong is
// the server's to say, at its field.
import { DEFAULT_TOKEN_LEEWAY_SECONDS } from '../../../../core/limits.ts';
import type { IssuerPurpose, WorkloadRule } from '../../../../core/oidc/issuer.ts';
import { freshKey } from '../../api/fresh-key.ts';
import type { JsonObject, OidcIssuer } from '../../api/types.ts';
import { claimLines, claimsIn, mappingLines, mappingsIn } from './lines.ts';

/** A rule as text; `was` is what it was read from, if it was there. */
export interface RuleDraft {
  key: string;
  was: WorkloadRule | null;
  id: string;
  claims: string;
  service_account: string;
  scopes: string[];
  actors: string[];
  ttl_seconds: string;
}

export interface ProviderDraft {
  purpose: IssuerPurpose;
  name: string;
  issuer: string;
  audience: string;
  algorithms: string[];
  leeway_seconds: string;
  jwks_uri: string;
  group_claim: string;
  group_mappings: string;
  rules: RuleDraft[];
}

export const newRule = (was: WorkloadRule | null = null): RuleDraft => ({
  key: freshKey(),
  was,
  id: was?.id ?? '',
  claims: claimLines(was?.claims ?? {}),
  ...{ service_account: was?.service_account ?? '', scopes: was?.scopes ?? ['requests:write'] },
  ...{ actors: was?.actors ?? [], ttl_seconds: String(was?.ttl_seconds ?? 900) },
});

export const draftOf = (of: OidcIssuer | null): ProviderDraft => ({
  ...{ purpose: of?.purpose ?? 'people', name: of?.name ?? '', issuer: of?.issuer ?? '', audience: of?.audience ?? '' },
  ...{ algorithms: of?.algorithms ?? ['RS256'], jwks_uri: of?.jwks_uri ?? '', group_claim: of?.group_claim ?? '' },
  leeway_seconds: String(of?.leeway_seconds ?? DEFAULT_TOKEN_LEEWAY_SECONDS),
  group_mappings: mappingLines(of?.group_mappings ?? {}),
  rules: of === null ? [newRule()] : of.rules.map(newRule),
});

/** The claims as they were where nobody touched their text: a list of one stays a list. */
function claimsOf({ was, claims }: RuleDraft): WorkloadRule['claims'] | null {
  return was !== null && claims === claimLines(was.claims) ? was.claims : claimsIn(claims);
}

function ruleOf(draft: RuleDraft): JsonObject | null {
  const claims = claimsOf(draft);
  if (claims === null || draft.id.trim() === '' || draft.service_account === '' || draft.scopes.length === 0)
    return null;
  return {
    ...{ id: draft.id.trim(), claims, service_account: draft.service_account, scopes: draft.scopes },
    ...(draft.actors.length > 0 ? { actors: draft.actors } : {}),
    ttl_seconds: Number(draft.ttl_seconds),
  };
}

function purposeFields({ purpose, group_claim, group_mappings, rules }: ProviderDraft): JsonObject | null {
  if (purpose === 'people') {
    const mappings = mappingsIn(group_mappings);
    return mappings && { group_claim: group_claim.trim() || null, group_mappings: mappings };
  }
  const said = rules.map(ruleOf);
  return said.includes(null) ? null : { rules: said };
}

/** Everything that the form says; null while it is not complete. */
export function settingsIn(draft: ProviderDraft): JsonObject | null {
  const more = purposeFields(draft);
  const [name, issuer, audience] = [draft.name.trim(), draft.issuer.trim(), draft.audience.trim()];
  if (more === null || name === '' || issuer === '' || draft.algorithms.length === 0 || draft.leeway_seconds === '')
    return null;
  return {
    ...{ name, issuer, purpose: draft.purpose, ...(audience === '' ? {} : { audience }), algorithms: draft.algorithms },
    ...{ leeway_seconds: Number(draft.leeway_seconds), jwks_uri: draft.jwks_uri.trim() || null, ...more },
  };
}
