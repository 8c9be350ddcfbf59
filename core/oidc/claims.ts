// What a token's claims mean here: which groups they prove, which rule they fit. By the issuer's signed settings alone.
import { globMatches } from '../glob.ts';
import type { Json, JsonObject } from '../json.ts';
import { MAX_CLAIM_VALUE_CHARS } from '../limits.ts';
import type { OidcIssuer, WorkloadRule } from './issuer.ts';

/** Groups (`group:NAME`) that the claim names and the settings map, each once, in order. */
export function provenGroups({ group_claim, group_mappings }: OidcIssuer, claims: JsonObject): string[] {
  if (group_claim === null || !Object.hasOwn(claims, group_claim)) return [];
  const values = [claims[group_claim]!].flat().filter((value) => typeof value === 'string');
  const groups = values.filter((value) => Object.hasOwn(group_mappings, value)).map((value) => group_mappings[value]!);
  return [...new Set(groups)].sort();
}

/** One value that is a text, a number or a truth: lists and objects fit no pattern. */
const written = (value: Json): string | null =>
  ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : null;

const fits = (claims: JsonObject, claim: string, wanted: string | string[]): boolean => {
  const value = Object.hasOwn(claims, claim) ? written(claims[claim]!) : null;
  return (
    value !== null &&
    value.length <= MAX_CLAIM_VALUE_CHARS &&
    [wanted].flat().some((pattern) => globMatches(pattern, value))
  );
};

/** The first rule whose every claim fits; null: this workload is nobody here. */
export const ruleFor = ({ rules }: OidcIssuer, claims: JsonObject): WorkloadRule | null =>
  rules.find((rule) => Object.entries(rule.claims).every(([claim, wanted]) => fits(claims, claim, wanted))) ?? null;
