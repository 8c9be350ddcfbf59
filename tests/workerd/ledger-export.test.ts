// An organisation's export with every kind of decision in it, gathered as the CLI does and verified whole: none of them is
// reported wrong, and none can be bent.
import { beforeAll, describe, expect, it } from 'vitest';
import { instantAt } from '../../core/duration.ts';
import type { JsonObject } from '../../core/json.ts';
import type { DsseEnvelope, ExportDecision } from '../../core/ledger/export/format.ts';
import { bendings, recordsOf, resummed } from '../support/ledger-forger.ts';
import { until } from '../support/until.ts';
import { breakGlass, byToken, edit, reviewUse } from './support/acts.ts';
import { exported, pins, verified } from './support/export.ts';
import { success } from './support/house.ts';
import { Provider } from './support/provider.ts';
import {
  change,
  decide,
  exchange,
  found,
  type Member,
  member,
  owner,
  propose,
  unique,
  type World,
} from './support/world.ts';

const POLICY = `
version: 1
defaults: { verdict: require_approval, risk: low }
parameters:
  - action: "refund.*"
    schema: { type: object, properties: { amount: { type: integer, narrow: lower }, to: { type: string } } }
rules:
  - { id: narrow, match: { action: refund.narrow }, verdict: require_approval, risk: low, edits: narrow }
  - { id: both, match: { action: refund.both }, verdict: require_approval, risk: low, edits: any, approvals: [{ from: ["role:owner", "role:reviewer"], count: 2 }] }
  - { id: finance, match: { action: "pay.**" }, verdict: require_approval, risk: low, approvals: [{ from: "group:finance", count: 1 }] }
  - { id: token, match: { action: token.one }, verdict: require_approval, risk: low, verify: oidc }
  - { id: pair, match: { action: token.pair }, verdict: require_approval, risk: low, verify: oidc, approvals: [{ from: ["role:owner", "role:reviewer"], count: 2 }] }
`;

let world: World;
let boss: Member;
let other: Member;
let lender: Member;
let lines: string[];
let anchors: Awaited<ReturnType<typeof pins>>;
const requests = {} as Record<Done, string>;
type Done = keyof typeof PREDICATE | 'erased';

let made = 0;
const refund = () => ({ amount: 1_000, to: `customer ${made++}` });
const ask = async (action: string, params: JsonObject = unique().params): Promise<string> =>
  (await propose(world, { action, params })).id;
const yes = (by: Member, id: string, more: JsonObject = {}) => success(decide(by, id, more as never));
const later = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Each kind of decision once; the requests' ids by what was done with them. */
async function everything(): Promise<void> {
  const fire = await member(boss, 'fire@example.com', ['break_glass']);
  const provider = await Provider.open();
  const trusted = { name: 'Company', issuer: provider.issuer, purpose: 'people', algorithms: ['RS256'] };
  const { target: issuer } = await change(boss, 'oidc_issuer', trusted);
  await change(boss, 'member', { identities: [{ issuer, subject: 'me' }] }, boss.user);
  await change(boss, 'group', { name: 'finance', members: [lender.user] });
  const lent = { to: other.user, expires_at: instantAt(Date.now() + 86_400_000) };
  await change(lender, 'delegation', lent);
  await later();

  requests.plain = await ask('deployment.execute');
  await yes(boss, requests.plain);
  await success(exchange(world, requests.plain));
  requests.rejected = await ask('deployment.execute');
  await yes(other, requests.rejected, { decision: 'reject' });

  const [less, most] = [refund(), refund()];
  requests.narrowed = await ask('refund.narrow', less);
  await yes(boss, requests.narrowed, { params: { ...less, amount: 10 } });
  requests.edited = await ask('refund.both', most);
  await yes(boss, requests.edited);
  await edit(lender, requests.edited, { ...most, amount: 2_000 });
  await yes(boss, requests.edited);
  await yes(other, requests.edited);
  requests.refused = await ask('refund.both', refund());
  await edit(other, requests.refused, refund());
  await yes(boss, requests.refused, { decision: 'reject' });

  requests.lent = await ask('pay.out');
  await yes(other, requests.lent);
  const said = { reviewer: boss.user, sub: 'me' };
  requests.token = await ask('token.one');
  await byToken(world, provider, { request: requests.token, ...said });
  requests.token_rejected = await ask('token.one');
  await byToken(world, provider, { request: requests.token_rejected, decision: 'reject', ...said });
  requests.pair = await ask('token.pair');
  await byToken(world, provider, { request: requests.pair, ...said });
  await yes(other, requests.pair);

  const actor = 'service-account:release-bot';
  const emergency = { action: 'deployment.rollback', resource: 'service:billing-api', actor, ...unique() };
  requests.broken = (await breakGlass(fire, { ...emergency, reason: 'billing is down' })).id;
  await reviewUse(boss, requests.broken, 'not_justified');
  requests.erased = await ask('deployment.execute');
  await yes(boss, requests.erased, { decision: 'reject' });
  await change(boss, 'erasure', { reason: 'asked for' }, requests.erased);
}

/** The export, once the last thing that was done is in it. */
const whole = (): Promise<string[]> =>
  until(async () => {
    const lines = await exported(world);
    return lines.some((line) => line.includes('"erasure.performed"')) ? lines : null;
  });

beforeAll(async () => {
  world = await found('live', POLICY);
  boss = await owner(world);
  other = await member(boss, 'other@example.com', ['reviewer']);
  lender = await member(boss, 'lender@example.com', ['reviewer']);
  await everything();
  lines = await whole();
  anchors = await pins(world);
}, 60_000);

const PREDICATE = {
  ...{ plain: 'human-approval', rejected: 'human-rejection', narrowed: 'human-approval', edited: 'human-approval' },
  ...{ refused: 'human-rejection', lent: 'human-approval', token: 'human-approval', token_rejected: 'human-rejection' },
  ...{ pair: 'human-approval', broken: 'break-glass' },
} as const;

describe('an export of an organisation in which everything was decided that can be', () => {
  it('verifies whole: every receipt, every step, every link, everybody’s standing', async () => {
    const { failed, valid, said } = await verified(lines, anchors);
    expect(failed).toEqual([]);
    expect(valid).toBe(true);
    expect(said('receipt')).toEqual([
      ['proved', expect.stringMatching(/^10 of 11 decision receipts/)],
      ['not-replayable', 'the statements of 1 decision receipts are erased'],
    ]);
    // Two votes each of `edited` and `pair`, one void vote and three edits besides, and the review of the emergency.
    expect(said('standing')).toEqual([
      ['proved', expect.stringMatching(/^before 18 of 18 decisions.*enrolled.*or the identity was linked/)],
    ]);
    expect((said('links')[0] as string[])[0]).toBe('proved');
  });

  it('has a receipt that calls itself what it is for each of them', () => {
    const found = receipts().map(({ envelope, request }) => {
      const { predicateType } = envelope === null ? { predicateType: null } : JSON.parse(atob(envelope.payload));
      return [Object.keys(requests).find((name) => requests[name as Done] === request), predicateType];
    });
    const expected = Object.entries(PREDICATE).map(([name, of]) => [name, `https://assentry.dev/predicates/${of}/v1`]);
    expect(Object.fromEntries(found)).toEqual({ ...Object.fromEntries(expected), erased: null });
  });

  it('is refused with any value of any receipt bent, the receipt’s line named', async () => {
    let tried = 0;
    for (const { at } of receipts())
      for (const { bent, path } of bendings(records()[at])) {
        const { failed, valid } = await verified(resummed(records().with(at, bent)), anchors);
        expect([valid, failed[0]?.line, path]).toEqual([false, at + 1, path]);
        expect(failed[0]!.field, path).toMatch(/^\/decision\//);
        tried += 1;
      }
    expect(tried).toBeGreaterThan(150);
  });

  it('is refused with the receipt of one decision given to any other', async () => {
    const all = receipts();
    for (const { at, line } of all)
      for (const other of all.filter((one) => one.at !== at)) {
        const swapped = { decision: { ...line.decision, ...pick(other.line.decision) } } as unknown as JsonObject;
        const { failed } = await verified(resummed(records().with(at, swapped)), anchors);
        expect(failed).toMatchObject([{ field: '/decision/leaf', line: at + 1 }]);
      }
  });

  it('is refused with a bit of any line that says who decided, edited or broke glass flipped', async () => {
    for (const [at, text] of lines.entries()) {
      if (!text.includes('"reviewer":"usr_')) continue;
      const middle = text.indexOf('"reviewer":"usr_') + 20;
      const flipped = text.slice(0, middle) + (text[middle] === '1' ? '2' : '1') + text.slice(middle + 1);
      expect((await verified(lines.with(at, flipped), anchors)).failed).toMatchObject([{ claim: 'damage' }]);
      const forged = resummed(recordsOf(lines.with(at, flipped)));
      expect((await verified(forged, anchors)).failed).toMatchObject([{ line: at + 1 }]);
    }
  });
});

type Line = { decision: ExportDecision & { envelope: DsseEnvelope | null } };
const records = (): JsonObject[] => recordsOf(lines);
const pick = ({ leaf, envelope, index }: ExportDecision) => ({ leaf, envelope, index });

/** Each receipt of the export: its line, what it holds, and the request that it is about. */
function receipts() {
  const all = records();
  return all.flatMap((record, at) => {
    const line = record as unknown as Partial<Line>;
    if (line.decision === undefined) return [];
    const { event } = all[at - 1] as unknown as { event: { skeleton: { object: string } } };
    return [{ at, line: line as Line, envelope: line.decision.envelope, request: event.skeleton.object }];
  });
}

describe('an export of a rehearsal', () => {
  it('verifies with receipts that are no approvals', async () => {
    const rehearsal = await found('test');
    const me = await owner(rehearsal);
    const [one, two] = [await propose(rehearsal, unique()), await propose(rehearsal, unique())];
    await success(decide(me, one.id));
    await success(decide(me, two.id, { decision: 'reject' }));
    const said = await until(async () => {
      const lines = await exported(rehearsal);
      return lines.filter((line) => line.includes('"decision":{"envelope"')).length === 2 ? lines : null;
    });
    const report = await verified(said, await pins(rehearsal));
    expect(report.failed).toEqual([]);
    expect(report.said('receipt')).toEqual([['proved', expect.stringMatching(/^2 of 2/)]]);
    const live = said.map((line) => line.replace('"kind":"test"', '"kind":"live"'));
    expect((await verified(resummed(recordsOf(live)), await pins(rehearsal))).valid).toBe(false);
  });
});
