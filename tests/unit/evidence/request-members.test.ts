// The request's document is what its events say, member by member. See tests/support/request-loop.ts for the mutations and
// for the committed list of what no event determines.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LATER_MEMBERS } from '../../../core/evidence/request/older.ts';
import { requestMembers } from '../../../core/evidence/request.ts';
import { ASSERTED_MEMBERS, unnoticed, verifierOf } from '../../support/request-loop.ts';
import { forged, type Loose, type Sample, textOf, verify } from './samples.ts';

const GOLDEN = join(import.meta.dirname, '../../golden');
const KINDS = readdirSync(GOLDEN)
  .filter((name) => name.endsWith('.evidence'))
  .map((name) => name.replace('.evidence', '') as Sample);
const bundleOf = (kind: Sample): Loose => JSON.parse(textOf(kind));

describe('every member of the request’s document', () => {
  it.each(KINDS)('of %s: whatever is altered, removed, renamed or added is found, or named as asserted', (kind) => {
    expect(unnoticed(bundleOf(kind))).toEqual([]);
  });

  it.each(KINDS)('of %s is compared or named: no word of the document is passed over', (kind) => {
    const bundle = bundleOf(kind);
    const { claims } = verifierOf(bundle)(bundle.request);
    const said = claims.map(({ detail }) => detail).join(' ');
    const silent = Object.keys(bundle.request).filter((name) => !new RegExp(`[ :/]${name}[,./]`).test(said));
    expect(silent).toEqual([]);
    expect(claims.filter(({ status }) => status === 'failed')).toEqual([]);
  });

  it('has a row that says where its value stands', () => {
    const rows = requestMembers();
    const names = rows.map(({ name }) => name);
    const inGoldens = [...new Set(KINDS.flatMap((kind) => Object.keys(bundleOf(kind).request)))];
    expect(inGoldens.filter((name) => !names.includes(name))).toEqual([]);
    // What came after the last golden is in the fresh bundles of tests/workerd, and known to have come later.
    const later = LATER_MEMBERS.flat();
    expect(names.filter((name) => !inGoldens.includes(name) && !later.includes(name))).toEqual([]);
    for (const { name, from } of rows) expect(from, name).not.toBe('');
    const asserted = ASSERTED_MEMBERS.filter((name) => !name.includes('/'));
    for (const name of asserted) expect(rows.map((row) => row.name)).toContain(name);
  });

  it('of an older form may lack only what says nothing: a vote that an edit made void does not lose that word', () => {
    const bundle = bundleOf('edited');
    for (const name of LATER_MEMBERS.flat().filter((place) => !place.includes('/'))) delete bundle.request[name];
    for (const decision of bundle.request.decisions) delete decision.void;
    const { claims } = verifierOf(bundle)(bundle.request);
    expect(claims).toContainEqual(expect.objectContaining({ status: 'failed', field: '/request/edits' }));
  });
});

describe('a file whose document was forged', () => {
  const FORGERIES: [string, (request: Loose) => unknown][] = [
    ['outcome', ({ outcome }) => (outcome.status = 'failed')],
    ['requirement', ({ requirement }) => (requirement.stages[0].count = 2)],
    ['decisions', ({ decisions }) => (decisions[0].comment = 'Go ahead, all of it.')],
    ['decisions', ({ decisions }) => (decisions[0].external_ref = 'CHG-1')],
    ['decisions', ({ decisions }) => (decisions[0].assurance.method = 'oidc')],
    ['capability', ({ capability }) => (capability.scope.resource = 'service:everything')],
    ['scope', ({ scope }) => (scope.ttl_seconds = 86_400)],
    ['policy', ({ policy }) => (policy.trace = [])],
    ['risk', ({ risk }) => (risk.reasons = ['somebody looked'])],
    ['decided_at', (request) => (request.decided_at = request.created_at)],
    ['comments', ({ comments }) => comments.push({ author: 'usr_1', name: 'Emma', comment: 'ok', at: 'now' })],
    ['ledger', ({ ledger }) => (ledger.entries[0].receipt.index += 1)],
  ];
  it.each(FORGERIES)('in its %s is not valid', async (member, change) => {
    const { valid, claims } = await verify(forged('approval', ({ request }) => change(request)));
    expect(valid).toBe(false);
    const failed = claims.filter(({ status }) => status === 'failed');
    expect(failed.every(({ claim, field }) => claim === 'request' && field?.startsWith(`/request/${member}`))).toBe(
      true,
    );
  });
});
