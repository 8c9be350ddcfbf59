// Which rule a workload's claims fit: only what is pinned, and in a time that no claim of a stranger's token can stretch.
import { expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { ruleFor } from '../../core/oidc/claims.ts';
import type { OidcIssuer } from '../../core/oidc/issuer.ts';

const issuer = (ref: string): OidcIssuer =>
  ({ rules: [{ id: 'one', claims: { repository: 'acme/shop', ref } }] }) as unknown as OidcIssuer;
const fits = (ref: string, claims: JsonObject): boolean =>
  ruleFor(issuer(ref), { repository: 'acme/shop', ...claims }) !== null;

it('a claim that is longer than any name of a workload fits nothing, however wide the pattern', () => {
  expect(fits('refs/**', { ref: `refs/heads/${'a'.repeat(1_000)}` })).toBe(true);
  expect(fits('refs/**', { ref: `refs/heads/${'a'.repeat(1_014)}` })).toBe(false);
});

it('a pattern of many stars over the longest claim is told in milliseconds', () => {
  const began = performance.now();
  for (let n = 0; n < 50; n++)
    expect(fits(`refs/${'**a'.repeat(80)}b`, { ref: `refs/${'a'.repeat(15_000)}` })).toBe(false);
  expect(performance.now() - began).toBeLessThan(1_000);
});
