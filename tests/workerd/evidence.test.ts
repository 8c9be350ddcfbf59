import { runInDurableObject } from 'cloudflare:test';
import { exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { canonicalize } from '../../core/canonical.ts';
import { assembleEvidence, type EvidenceBundle, verifyEvidence } from '../../core/evidence.ts';
import type { Json } from '../../core/json.ts';
import { policyJudge } from '../../core/policy/evidence-judge.ts';
import type { Ledger } from '../../durable-objects/ledger.ts';
import { webCrypto } from '../../sdk/src/verify/evidence-crypto.ts';
import { BASE, env, get, post, success } from './support/house.ts';
import {
  approved,
  change,
  decide,
  exchange,
  found,
  fresh,
  type Member,
  member,
  owner,
  propose,
  type World,
} from './support/world.ts';

const front = (exports as unknown as { default: Fetcher }).default;
const WITNESS = 'https://witness.example/witness';

const POLICY = `
version: 1
defaults: { verdict: require_approval, risk: low }
rules:
  - { id: reads, match: { action: "read.**" }, verdict: allow, risk: low }
  - id: two
    match: { action: two.people }
    verdict: require_approval
    risk: low
    approvals: [{ from: [role:owner, role:reviewer], count: 2 }]
  - { id: lent, match: { action: lent.out }, verdict: require_approval, risk: low, approvals: [{ from: role:owner, count: 1 }] }
  - { id: less, match: { action: take.less }, verdict: require_approval, risk: low, edits: narrow }
  - { id: free, match: { action: take.any }, verdict: require_approval, risk: low, edits: any }
  - id: large
    match: { action: take.any }
    when: param.amount > 100
    verdict: require_approval
    risk: low
parameters:
  - action: take.*
    schema: { type: object, properties: { amount: { type: integer, narrow: lower } } }
`;

let world: World;
let boss: Member;
let other: Member;
beforeAll(async () => {
  world = await found('live', POLICY);
  boss = await owner(world);
  other = await member(boss, 'second@example.com', ['reviewer']);
});

/** Asks until the public checkpoint holds everything. */
async function evidence(id: string, caller: { key?: string; cookie?: string }, format = 'json') {
  for (;;) {
    const answer = await get(`/v1/approval-requests/${id}/evidence?format=${format}`, caller);
    if (answer.status !== 503) return answer;
    expect(answer.body.code).toBe('not-sealed-yet');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function anchors() {
  const keys = await success(get('/v1/ledger/key'));
  return {
    log_key: keys.verifier_key as string,
    receipt_key: keys.receipt_keys[0].public_key as string,
    ...{ organization: world.organization, origin: BASE, rp_id: env.RP_ID },
  };
}

const failures = (report: Awaited<ReturnType<typeof verifyEvidence>>) =>
  report.claims.filter(({ status }) => status === 'failed');
const proved = (report: Awaited<ReturnType<typeof verifyEvidence>>) =>
  new Set(report.claims.filter(({ status }) => status === 'proved').map(({ claim }) => claim));

async function verified(id: string, caller: { key?: string; cookie?: string } = { cookie: boss.cookie }) {
  const { text } = await evidence(id, caller);
  const report = await verifyEvidence(text, await anchors(), webCrypto, { judge: policyJudge });
  expect(failures(report)).toEqual([]);
  expect(report).toMatchObject({ valid: true });
  expect(report.first_use).toBeUndefined();
  return { report, bundle: JSON.parse(text) as EvidenceBundle, text };
}

// biome-ignore lint/suspicious/noExplicitAny: tampering is not typed
type Loose = any;
const remove = (list: Loose[], fits: (one: Loose) => boolean) => list.splice(list.findIndex(fits), 1);
const entryOf = ({ organization_events }: Loose, type: string) =>
  organization_events.find(({ event }: Loose) => event.type === type).event;
const vote = ({ events }: Loose) => events.find(({ event }: Loose) => event.type === 'approval.decided').event;
const holder = (bundle: Loose) =>
  vote(bundle).personal.eligibility.people.find(({ user }: Loose) => user === vote(bundle).skeleton.reviewer);

const ALL = ['format', 'checkpoint', 'lifecycle', 'digests', 'request', 'policy', 'signature', 'intent', 'enrolment'];

describe('the evidence of', () => {
  it('an approval that was used and reported proves who signed what, and leaves the outcome to who said it', async () => {
    const { id } = await approved(boss);
    await success(exchange(world, id));
    await success(
      post(`/v1/approval-requests/${id}/outcome`, {
        key: world.agent.text,
        body: { status: 'executed' },
        idempotency: fresh(),
      }),
    );
    const { report } = await verified(id);
    for (const claim of [...ALL, 'not-before', 'eligibility', 'quorum', 'capability', 'claims', 'receipt'])
      expect(proved(report), claim).toContain(claim);
    expect(report.claims.filter(({ claim }) => claim === 'outcome').map(({ status }) => status)).toEqual(['asserted']);
    expect(report.claims.find(({ claim }) => claim === 'inclusion')?.status).toBe('as-of-checkpoint');
  });

  it('a rejection proves the rejection', async () => {
    const { id } = await propose(world, { params: { version: 'no' } });
    await success(decide(boss, id, { decision: 'reject', comment: 'not today' }));
    const { report } = await verified(id);
    for (const claim of [...ALL, 'eligibility', 'receipt']) expect(proved(report), claim).toContain(claim);
  });

  it('a vote in another’s right proves who lent it, by that person’s own signature', async () => {
    const value = { to: other.user, expires_at: new Date(Date.now() + 86_400_000).toISOString() };
    const { target } = await change(boss, 'delegation', value);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { id } = await propose(world, { action: 'lent.out' });
    await success(decide(other, id));
    const { report, text } = await verified(id);
    for (const claim of [...ALL, 'eligibility', 'quorum', 'receipt', 'delegation'])
      expect(proved(report), claim).toContain(claim);
    const lent = report.claims.filter(({ claim }) => claim === 'delegation');
    expect(lent.map(({ status }) => status).sort()).toEqual(['asserted', 'proved']);
    expect(lent.find(({ status }) => status === 'proved')?.detail).toContain(`${boss.user} lent`);

    const forgeries: [check: string, change: (bundle: Loose) => unknown][] = [
      ['delegation', (b) => remove(b.organization_events, (line) => line.event.type === 'delegation.created')],
      ['delegation', (b) => entryOf(b, 'delegation.created').personal.intents.splice(0)],
      ['delegation', (b) => Object.assign(entryOf(b, 'delegation.created').personal, { to_name: 'Somebody' })],
      ['delegation', (b) => Object.assign(entryOf(b, 'delegation.created').skeleton, { from: other.user })],
      ['delegation', (b) => Object.assign(vote(b).skeleton.delegation, { id: 'del_other' })],
      ['eligibility', (b) => holder(b).delegations.splice(0)],
      ['eligibility', (b) => Object.assign(holder(b).delegations[0], { since: b.events[0].event.at })],
      ['eligibility', (b) => remove(vote(b).personal.eligibility.people, ({ user }) => user === boss.user)],
      ['request', (b) => Object.assign(b.request.decisions[0], { delegation: null })],
      ['request', (b) => Object.assign(b.request.decisions[0].delegation, { id: target.replace(/.$/, '0') })],
    ];
    for (const [check, tamper] of forgeries) {
      const { format: _f, digest: _d, ...parts } = JSON.parse(text);
      tamper(parts);
      const forged = canonicalize(assembleEvidence(parts) as unknown as Json);
      const again = await verifyEvidence(forged, await anchors(), webCrypto);
      expect(again.valid, String(tamper)).toBe(false);
      expect(
        failures(again).map(({ claim }) => claim),
        String(tamper),
      ).toContain(check);
    }
  });

  it('a quorum of two proves two people', async () => {
    const { id } = await propose(world, { action: 'two.people' });
    await success(decide(boss, id));
    await success(decide(other, id, { scope: { ttl_seconds: 60 } }));
    const { report } = await verified(id);
    expect(report.claims.filter(({ claim, status }) => claim === 'signature' && status === 'proved')).toHaveLength(2);
    for (const claim of ['quorum', 'capability', 'receipt']) expect(proved(report), claim).toContain(claim);
  });

  it('an approval with a reduction proves one signature over both, and what may run', async () => {
    const { id } = await propose(world, { action: 'take.less', params: { amount: 100 } });
    const { effective } = await success(decide(boss, id, { params: { amount: 40 } } as never));
    await success(exchange(world, id, { params: { amount: 40 } }));
    const { report, bundle } = await verified(id);
    for (const claim of [...ALL, 'edit', 'eligibility', 'quorum', 'capability', 'claims', 'receipt'])
      expect(proved(report), claim).toContain(claim);
    expect(report.claims.filter(({ claim, status }) => claim === 'signature' && status === 'proved')).toHaveLength(2);
    const statement = (await evidence(id, { cookie: boss.cookie }, 'attestation')).body;
    expect(`sha256:${statement.subject[0].digest.sha256}`).toBe(effective.action_digest);
    const payload = JSON.parse(atob((bundle.receipts[0]!.bundle!.dsseEnvelope as { payload: string }).payload));
    expect(`sha256:${payload.subject[0].digest.sha256}`).toBe(effective.action_digest);
  });

  it('an edit of its own proves the edit, and that the vote before it counts no more', async () => {
    const { id } = await propose(world, { action: 'take.any', params: { amount: 7 } });
    const path = `/v1/approval-requests/${id}/edit`;
    const { cookie } = other;
    const offer = await success(post(`${path}/options`, { cookie, body: { params: { amount: 9 }, comment: 'why' } }));
    const assertion = await other.passkey.get(offer.public_key);
    const signed = { intent: offer.intent, intent_token: offer.intent_token, assertion, comment: 'why' } as never;
    await success(post(path, { cookie, body: signed }));
    await success(decide(boss, id));
    const { report } = await verified(id);
    for (const claim of [...ALL, 'edit', 'eligibility', 'quorum', 'capability', 'receipt'])
      expect(proved(report), claim).toContain(claim);
    const bare = await verified(id, { key: world.agent.text });
    expect(bare.report.claims.filter(({ claim }) => claim === 'edit').map(({ status }) => status)).toEqual([
      ...['proved', 'not-replayable'],
    ]);
  });

  it('a request that policy let through says that nobody signed', async () => {
    const { id } = await propose(world, { action: 'read.all' });
    const { report } = await verified(id);
    expect(report.claims.find(({ claim }) => claim === 'decision')).toMatchObject({ status: 'asserted' });
    expect(proved(report)).not.toContain('signature');
    expect(proved(report)).toContain('capability');
  });

  it('a pending request is what it is', async () => {
    const { id } = await propose(world, { params: { version: 'waits' } });
    expect(proved((await verified(id)).report)).toContain('lifecycle');
  });

  it("for an agent's key has nothing of people, and still proves all that it can", async () => {
    const { id } = await approved(boss);
    const { report, bundle, text } = await verified(id, { key: world.agent.text });
    expect(text).not.toContain('assertion":{');
    expect(text).not.toContain('policy_source');
    expect(bundle.receipts.map((receipt) => receipt.bundle)).toEqual([null]);
    const erased = report.claims.filter(({ status }) => status === 'not-replayable').map(({ claim }) => claim);
    expect(erased).toEqual(expect.arrayContaining(['erased', 'signature', 'receipt', 'policy', 'eligibility']));
    for (const claim of ['lifecycle', 'checkpoint', 'enrolment', 'quorum'])
      expect(proved(report), claim).toContain(claim);
  });
});

it('has its receipts alone for who reads everything, and their leaves for the others who see the request', async () => {
  const { id } = await approved(boss);
  const { bundle } = await verified(id);
  const receipts = async (caller: object) =>
    (await success(get(`/v1/approval-requests/${id}/receipts`, caller))).data as object[];
  const [{ event, index, leaf, bundle: signed }] = bundle.receipts as [EvidenceBundle['receipts'][number]];
  const whole = [{ event, index, leaf, envelope: signed!.dsseEnvelope }];
  expect(await receipts({ key: world.admin.text })).toEqual(whole);
  expect(await receipts({ cookie: other.cookie })).toEqual(whole);
  expect(await receipts({ key: world.agent.text })).toEqual([{ event, index, leaf, envelope: null }]);
});

it('summarises itself for a pull request', async () => {
  const { id } = await approved(boss);
  const statement = (await evidence(id, { cookie: boss.cookie }, 'attestation')).body;
  expect(statement).toMatchObject({
    _type: 'https://in-toto.io/Statement/v1',
    predicate: { request: id, status: 'approved' },
  });
  const page = await evidence(id, { cookie: boss.cookie }, 'markdown');
  expect(page.headers.get('content-type')).toContain('text/markdown');
  expect(page.text).toContain('A summary proves nothing by itself.');
});

it('believes nobody without anchors, and says so', async () => {
  const { id } = await approved(boss);
  const { text } = await evidence(id, { cookie: boss.cookie });
  const report = await verifyEvidence(text, {}, webCrypto);
  expect(report).toMatchObject({ valid: true, first_use: true });
  expect(report.claims.filter(({ claim }) => claim === 'anchor')).toHaveLength(5);
  const elsewhere = { ...(await anchors()), origin: 'https://elsewhere.example' };
  expect(failures(await verifyEvidence(text, elsewhere, webCrypto))[0]).toMatchObject({ claim: 'signature' });
});

it('stands under the first checkpoint that a witness cosigned, once there is one: the time of everything ends there', async () => {
  const { id } = await approved(boss);
  await evidence(id, { cookie: boss.cookie });
  const witness = (await success(get('/witness/key'))).verifier_key as string;
  onTestFinished(() => void vi.restoreAllMocks());
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    const path = String(url).replace(WITNESS, `${BASE}/witness`);
    return front.fetch(
      new Request(path, { method: 'POST', body: String(init?.body), headers: { 'content-type': 'text/plain' } }),
    );
  });
  await runInDurableObject(env.LEDGER.getByName('head') as never, async (ledger: Ledger) => {
    const WITNESSES = JSON.stringify([{ url: WITNESS, verifier_key: witness }]);
    Object.assign((ledger as unknown as { env: object }).env, { WITNESSES });
    await ledger.alarm();
  });
  const { text } = await evidence(id, { cookie: boss.cookie });
  const report = await verifyEvidence(text, { ...(await anchors()), witnesses: [witness] }, webCrypto);
  expect(failures(report)).toEqual([]);
  expect(report.claims.find(({ claim }) => claim === 'not-after')).toMatchObject({ status: 'proved' });
});
