// Makes golden evidence out of a real stack: `node tests/golden/make.ts NAME…`, each with its own anchors beside it. Only
// names that are not there yet: what lies here was signed once and must verify for ever, so that a change of these files
// is a break of a promise. Without names, all of them under one anchors.json: for a new version of the format.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { challengeText, type Intent } from '../../core/intent.ts';
import type { JsonObject } from '../../core/json.ts';
import { Reviewer } from '../../scripts/reviewer.ts';
import { enrolOwner } from '../support/people.ts';
import { TestStack } from '../support/stack.ts';

const POLICY = `version: 1
defaults: { verdict: require_approval, risk: low }
rules:
  - id: two
    match: { action: release.** }
    verdict: require_approval
    risk: low
    approvals: [{ from: [role:owner, role:reviewer], count: 2 }]
  - id: less
    match: { action: order_tools.** }
    verdict: require_approval
    risk: low
    edits: narrow
    approvals: [{ from: [role:owner, role:reviewer], count: 2 }]
  - { id: lent, match: { action: lent.** }, verdict: require_approval, risk: low, approvals: [{ from: role:owner, count: 1 }] }
  - id: slow
    match: { action: slow.** }
    verdict: require_approval
    risk: low
    approvals: [{ from: role:reviewer, count: 1 }]
    escalate: [{ after: 30m, to: "group:managers" }]
parameters:
  - action: order_tools.**
    schema: { type: object, properties: { amount: { type: integer, narrow: lower } } }
`;

const wanted = process.argv.slice(2);

const stack = await TestStack.start();
const { live } = stack.dev;
const here = import.meta.dirname;

async function call<T = JsonObject>(method: string, path: string, body?: JsonObject): Promise<T> {
  const response = await fetch(stack.base_url + path, {
    method,
    headers: {
      authorization: `Bearer ${live.api_key}`,
      'idempotency-key': crypto.randomUUID(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

const propose = async (action: string, params: JsonObject = { version: 'v2.1.0' }): Promise<string> =>
  (
    await call<{ id: string }>('POST', '/v1/approval-requests', {
      ...{
        action,
        resource: 'service:billing-api',
        params,
        context: { reason: 'INC-42: “hot” fix' },
      },
    })
  ).id;

/** Whether this sample is to be made. */
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);

/** The file, once the public checkpoint holds everything. */
async function keep(reviewer: Reviewer, id: string, name: string): Promise<void> {
  if (!isWanted(name)) return;
  for (;;) {
    const bundle = await reviewer.call('GET', `/v1/approval-requests/${id}/evidence`).catch((error) => {
      if (error.status !== 503) throw error;
    });
    if (bundle !== undefined) return writeFileSync(join(here, `${name}.evidence`), JSON.stringify(bundle));
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** A ceremony as the page does it: what is offered is signed and sent back. */
async function signed<T>(by: Reviewer, path: string, body: JsonObject, more: JsonObject = {}): Promise<T> {
  const offer = await by.call<Offer>('POST', `${path}/options`, body);
  const { intent, intent_token, public_key } = offer;
  const assertion = await by.passkey.get({ ...public_key, challenge: challengeText(intent) });
  return by.call<T>('POST', path, { intent, intent_token, assertion, ...more } as unknown as JsonObject);
}

interface Offer {
  intent: Intent;
  intent_token: string;
  public_key: Parameters<Reviewer['passkey']['get']>[0];
}

try {
  const boss = await enrolOwner(stack, 'live');
  await boss.change('policy', { source: POLICY });
  const invited = await boss.change('invitation', { name: 'Second', email: 'second@example.com', roles: ['reviewer'] });
  const second = await Reviewer.enrol(stack.base_url, String(invited.secret));

  const approval = await propose('deployment.execute');
  await boss.decide(approval, 'approve', 'Read the diff.');
  await call('POST', '/v1/capabilities/exchange', { request: approval, actor: live.actor, nonce: 'golden' });
  await call('POST', `/v1/approval-requests/${approval}/outcome`, { status: 'executed', detail: 'done' });
  await keep(boss, approval, 'approval');

  const rejection = await propose('deployment.rollback');
  await second
    .decide(rejection, 'reject', 'Not on a Friday.')
    .catch(() => boss.decide(rejection, 'reject', 'Not on a Friday.'));
  await keep(boss, rejection, 'rejection');

  const quorum = await propose('release.publish');
  await boss.decide(quorum, 'approve');
  await second.decide(quorum, 'approve');
  await keep(boss, quorum, 'quorum');

  await boss.change('erasure', { reason: 'asked for' }, rejection);
  await keep(boss, rejection, 'erased');

  // The first of two votes is void: the second person reduces what is asked, in a step of its own, and then both approve.
  const edited = await propose('order_tools.process_refund', { amount: 250_00, currency: 'EUR', order_id: 'A-1001' });
  await boss.decide(edited, 'approve');
  await second.edit(edited, { amount: 120_00, currency: 'EUR', order_id: 'A-1001' }, 'Half was returned.');
  await second.decide(edited, 'approve');
  await boss.decide(edited, 'approve', 'Fine.', { amount: 100_00, currency: 'EUR', order_id: 'A-1001' });
  await second.decide(edited, 'approve');
  await call('POST', '/v1/capabilities/exchange', { request: edited, actor: live.actor, nonce: 'edited' });
  await call('POST', `/v1/approval-requests/${edited}/outcome`, { status: 'executed' });
  await keep(boss, edited, 'edited');

  // Asked further people by hand, and decided by somebody whom only that let in.
  const invitedThird = await boss.change('invitation', {
    name: 'Third',
    email: 'third@example.com',
    roles: ['auditor'],
  });
  const third = await Reviewer.enrol(stack.base_url, String(invitedThird.secret));
  const members = await boss.call<{ data: { id: string; name: string }[] }>('GET', '/v1/members');
  const idOf = (name: string) => members.data.find((member) => member.name === name)!.id;
  await boss.change('group', { name: 'managers', members: [idOf('Third')] });
  const escalated = await propose('slow.thing');
  await boss.call('POST', `/v1/approval-requests/${escalated}/escalate`, { reason: 'nobody is there' });
  await third.call('POST', `/v1/approval-requests/${escalated}/claim`, {});
  await third.decide(escalated, 'approve');
  await keep(boss, escalated, 'escalated');

  // Decided in the right of the owner, who lent it before it was asked.
  const expires_at = new Date(Date.now() + 86_400_000).toISOString();
  await boss.change('delegation', { to: idOf('Second'), expires_at, scope: { actions: ['lent.*'] } });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const delegated = await propose('lent.out');
  await second.decide(delegated, 'approve', 'While the owner is away.');
  await keep(boss, delegated, 'delegated');

  // An emergency: used, exchanged, reviewed by somebody else.
  const invitedFire = await boss.change('invitation', {
    ...{ name: 'Fire', email: 'fire@example.com', roles: ['break_glass'] },
  });
  const fire = await Reviewer.enrol(stack.base_url, String(invitedFire.secret));
  const { id: broken } = await signed<{ id: string }>(fire, '/v1/break-glass', {
    ...{ action: 'deployment.rollback', resource: 'service:billing-api', actor: live.actor },
    ...{ params: { version: 'v1' }, reason: 'billing is down', external_ref: 'INC-42', expires_in: 1_200 },
  });
  await call('POST', '/v1/capabilities/exchange', { request: broken, actor: live.actor, nonce: 'broken' });
  await call('POST', `/v1/approval-requests/${broken}/outcome`, { status: 'executed' });
  const comment = 'The incident was real.';
  await signed(third, `/v1/break-glass/${broken}/review`, { verdict: 'justified', comment }, { comment });
  await keep(boss, broken, 'broken-glass');

  const keys = (await (await fetch(`${stack.base_url}/v1/ledger/key`)).json()) as {
    verifier_key: string;
    receipt_keys: { public_key: string }[];
  };
  const anchors = {
    ...{ log_key: keys.verifier_key, receipt_key: keys.receipt_keys[0]!.public_key },
    ...{ organization: live.organization, origin: stack.base_url, rp_id: 'localhost' },
  };
  for (const name of wanted.length === 0 ? ['anchors.json'] : wanted.map((sample) => `${sample}.anchors.json`))
    writeFileSync(join(here, name), `${JSON.stringify(anchors, null, 2)}\n`);
} finally {
  await stack.stop();
}
