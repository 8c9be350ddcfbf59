// What a decision by a token leaves behind: evidence that verifies without us, and says whose word the rest is.
import { beforeAll, describe, expect, it } from 'vitest';
import { fromBase64, fromUtf8 } from '../../core/encoding.ts';
import { faultOfForm } from '../../core/evidence/schema.ts';
import { type EvidenceBundle, verifyEvidence } from '../../core/evidence.ts';
import { TOKEN_ALGORITHMS } from '../../core/oidc/issuer.ts';
import { policyJudge } from '../../core/policy/evidence-judge.ts';
import { statementSchema } from '../../core/receipt/schema.ts';
import { webCrypto } from '../../sdk/src/verify/evidence-crypto.ts';
import { until } from '../support/until.ts';
import { BASE, env, get, post, success } from './support/house.ts';
import { Provider } from './support/provider.ts';
import { change, decide, found, type Member, member, owner, propose, unique, type World } from './support/world.ts';

const POLICY = `
version: 1
defaults: { verdict: require_approval, risk: low, verify: oidc }
rules:
  - { id: pair, match: { action: token.pair }, verdict: require_approval, approvals: [{ from: ["role:owner", "role:reviewer"], count: 2 }] }
  - { id: money, match: { action: token.money }, verdict: require_approval, approvals: [{ from: "group:finance", count: 1 }] }
`;

let world: World;
let boss: Member;
let other: Member;
const providers = new Map<string, Provider>();
beforeAll(async () => {
  world = await found('live', POLICY);
  boss = await owner(world);
  other = await member(boss, 'other@example.com', ['reviewer']);
  const identities = [];
  for (const alg of TOKEN_ALGORITHMS) {
    const provider = await Provider.open(alg);
    providers.set(alg, provider);
    const groups = { group_claim: 'groups', group_mappings: { Payments: 'group:finance' } };
    const value = { name: alg, issuer: provider.issuer, purpose: 'people', algorithms: [alg], ...groups };
    const { target } = await change(boss, 'oidc_issuer', value);
    identities.push({ issuer: target, subject: 'boss' });
  }
  await change(boss, 'member', { identities }, boss.user);
});

async function byToken(id: string, alg: string, decision = 'approve', claims: object = {}) {
  const body = { decision, reviewer: boss.user };
  const key = world.admin.text;
  const path = `/v1/approval-requests/${id}/decisions`;
  const { intent, intent_token, nonce } = await success(post(`${path}/options`, { key, body }));
  const aud = `${BASE}/o/${world.organization}`;
  const oidc_token = await providers.get(alg)!.token({ aud, sub: 'boss', nonce, ...claims });
  return success(post(path, { key, body: { intent, intent_token, oidc_token } }));
}

async function evidenceOf(id: string): Promise<{ text: string; bundle: EvidenceBundle }> {
  return until(async () => {
    const answer = await get(`/v1/approval-requests/${id}/evidence`, { cookie: boss.cookie });
    return answer.status === 200 ? { text: answer.text, bundle: answer.body as EvidenceBundle } : null;
  });
}

async function report(text: string) {
  const keys = await success(get('/v1/ledger/key'));
  const anchors = {
    ...{ log_key: keys.verifier_key, receipt_key: keys.receipt_keys[0].public_key },
    ...{ organization: world.organization, origin: BASE, rp_id: env.RP_ID },
  };
  const told = await verifyEvidence(text, anchors, webCrypto, { judge: policyJudge });
  return { ...told, failed: told.claims.filter(({ status }) => status === 'failed') };
}

const statementIn = ({ receipts: [receipt] }: EvidenceBundle) => {
  const envelope = receipt!.bundle!.dsseEnvelope as { payload: string };
  return JSON.parse(fromUtf8(fromBase64(envelope.payload)!)!);
};

describe('the evidence of a decision by a token', () => {
  it.each(TOKEN_ALGORITHMS)('of %s verifies: the token, the settings before it, the receipt', async (alg) => {
    const { id } = await propose(world, unique());
    await byToken(id, alg);
    const { text, bundle } = await evidenceOf(id);
    const { valid, failed, claims, complete, kind } = await report(text);
    expect(failed).toEqual([]);
    expect([valid, complete, kind]).toEqual([true, true, 'approval-by-token']);
    const said = (claim: string) => claims.filter((one) => one.claim === claim).map(({ status }) => status);
    for (const claim of ['signature', 'issuer', 'intent', 'eligibility', 'quorum', 'receipt', 'not-before'])
      expect(said(claim), claim).toContain('proved');
    expect(said('issuer-key')).toEqual(['asserted']);
    expect(said('key-status')).toEqual(['asserted']);
    const statement = statementIn(bundle);
    expect(statement.predicateType).toMatch(/human-approval/);
    expect(faultOfForm(statementSchema('human-approval'), statement)).toBeNull();
    expect(statement.predicate.votes[0]).not.toHaveProperty('assertion');
    expect(statement.predicate.votes[0].oidc).toMatchObject({ token: expect.any(String), key: { alg } });
  });

  it('of a group that the token proved, of a rejection, and of a token and a passkey together verifies', async () => {
    const money = await propose(world, { action: 'token.money', ...unique() });
    await byToken(money.id, 'RS256', 'approve', { groups: ['Payments'] });
    const rejected = await propose(world, unique());
    await byToken(rejected.id, 'ES256', 'reject');
    const pair = await propose(world, { action: 'token.pair', ...unique() });
    await byToken(pair.id, 'EdDSA');
    await success(decide(other, pair.id));
    for (const { id } of [money, rejected, pair]) {
      const { valid, failed, complete } = await report((await evidenceOf(id)).text);
      expect(failed).toEqual([]);
      expect([valid, complete]).toEqual([true, true]);
    }
  });

  it('fails with another token, another key, other settings or another link in it', async () => {
    const [one, two] = [await propose(world, unique()), await propose(world, unique())];
    await byToken(one.id, 'RS256');
    await byToken(two.id, 'ES256');
    const [{ text }, { bundle: foreign }] = [await evidenceOf(one.id), await evidenceOf(two.id)];
    const vote = (bundle: EvidenceBundle) =>
      bundle.events.find(({ event }) => event.type === 'approval.decided')!.event;
    const bends: ((bundle: EvidenceBundle) => void)[] = [
      (bundle) => (vote(bundle).personal!.token = vote(foreign).personal!.token!),
      (bundle) => (vote(bundle).personal!.token_key = vote(foreign).personal!.token_key!),
      (bundle) => (vote(bundle).skeleton.issuer = vote(foreign).skeleton.issuer!),
      (bundle) =>
        (bundle.organization_events = bundle.organization_events.filter(
          ({ event }) => event.type !== 'oidc_issuer.updated',
        )),
      (bundle) => (bundle.organization_events = foreign.organization_events),
      (bundle) => {
        const [person] = (vote(bundle).personal!.eligibility as { people: { identities: { subject: string }[] }[] })
          .people;
        for (const identity of person!.identities) identity.subject = 'somebody';
      },
    ];
    for (const bend of bends) {
      const bundle = JSON.parse(text) as EvidenceBundle;
      bend(bundle);
      const { valid, failed } = await report(JSON.stringify(bundle));
      expect(valid, bend.toString()).toBe(false);
      expect(
        failed.map(({ claim }) => claim).some((claim) => claim !== 'format'),
        bend.toString(),
      ).toBe(true);
    }
  });
});
