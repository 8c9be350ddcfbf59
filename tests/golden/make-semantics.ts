// Makes golden evidence of what policy let through by its first semantics, out of a stack that judged so: integer division
// and names that almost are those of a rule. `node tests/golden/make-semantics.ts`, on a tree before semantics 2. It writes
// over nothing: what lies here was judged so once, and must verify for ever.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { challengeText, type Intent } from '../../core/intent.ts';
import type { JsonObject } from '../../core/json.ts';
import { Reviewer } from '../../scripts/reviewer.ts';
import { enrolOwner } from '../support/people.ts';
import { TestStack } from '../support/stack.ts';

const POLICY = `version: 1
defaults: { verdict: allow, risk: low }
rules:
  - { id: never-prod, match: { resource: "db:prod" }, verdict: deny }
  - { id: in-production, match: { action: deployment.execute, metadata: { environment: production } }, verdict: require_approval, risk: high }
  - id: in-production-said
    match: { action: service.restart }
    when: metadata.environment == "production"
    verdict: require_approval
    risk: high
  - { id: large, match: { action: refunds.pay }, when: param.amount / 100 > 10, verdict: require_approval, risk: low }
  - { id: very-large, match: { action: orders.refund }, when: param.amount / 100 > 1000, verdict: deny }
  - { id: reduced, match: { action: orders.refund }, verdict: require_approval, risk: low, edits: any }
`;

const stack = await TestStack.start();
const { live } = stack.dev;

async function call(path: string, body: JsonObject): Promise<string> {
  const response = await fetch(stack.base_url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${live.api_key}`,
      'idempotency-key': crypto.randomUUID(),
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { id: string }).id;
}

const propose = (action: string, more: JsonObject): Promise<string> =>
  call('/v1/approval-requests', { action, resource: 'order:A-1001', params: {}, ...more });

/** The file, once the public checkpoint holds everything. */
async function keep(reviewer: Reviewer, id: string, name: string): Promise<void> {
  for (;;) {
    const bundle = await reviewer.call('GET', `/v1/approval-requests/${id}/evidence`).catch((error) => {
      if (error.status !== 503) throw error;
    });
    if (bundle !== undefined) return write(`${name}.evidence`, JSON.stringify(bundle));
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

const write = (name: string, text: string): void =>
  writeFileSync(join(import.meta.dirname, name), text, { flag: 'wx' });

interface Offer {
  intent: Intent;
  intent_token: string;
  public_key: Parameters<Reviewer['passkey']['get']>[0];
}

/** An emergency use, signed as the page does it. */
async function breakGlass(by: Reviewer, body: JsonObject): Promise<string> {
  const { intent, intent_token, public_key } = await by.call<Offer>('POST', '/v1/break-glass/options', body);
  const assertion = await by.passkey.get({ ...public_key, challenge: challengeText(intent) });
  const signed = { intent, intent_token, assertion } as unknown as JsonObject;
  return (await by.call<{ id: string }>('POST', '/v1/break-glass', signed)).id;
}

try {
  const boss = await enrolOwner(stack, 'live');
  await boss.change('policy', { source: POLICY });
  const second = { name: 'Second', email: 'second@example.com', roles: ['reviewer'] };
  const reviewer = await Reviewer.enrol(stack.base_url, String((await boss.change('invitation', second)).secret));

  await keep(boss, await propose('refunds.pay', { params: { amount: 1_050 } }), 'digits-allowed');
  await keep(boss, await propose('table.drop', { resource: 'db:Prod' }), 'near-resource-allowed');
  const near = { metadata: { environment: 'Production' } };
  await keep(boss, await propose('deployment.execute', near), 'near-metadata-allowed');
  await keep(boss, await propose('service.restart', near), 'near-condition-allowed');

  // Asked about, edited to where digits decide, approved: the edit was judged as 1000 > 1000.
  const edited = await propose('orders.refund', { params: { amount: 50_000 } });
  await reviewer.edit(edited, { amount: 100_050 }, 'With the shipping.');
  await boss.decide(edited, 'approve');
  await keep(boss, edited, 'digits-edited');

  const called = { name: 'Fire', email: 'fire@example.com', roles: ['break_glass'] };
  const fire = await Reviewer.enrol(stack.base_url, String((await boss.change('invitation', called)).secret));
  const broken = await breakGlass(fire, {
    action: 'table.drop',
    resource: 'db:prod.',
    actor: live.actor,
    params: { table: 'sessions' },
    reason: 'billing is down',
    external_ref: 'INC-42',
    expires_in: 1_200,
  });
  await keep(boss, broken, 'near-broken-glass');

  const keys = (await (await fetch(`${stack.base_url}/v1/ledger/key`)).json()) as {
    verifier_key: string;
    receipt_keys: { public_key: string }[];
  };
  const anchors = {
    log_key: keys.verifier_key,
    receipt_key: keys.receipt_keys[0]!.public_key,
    organization: live.organization,
    origin: stack.base_url,
    rp_id: 'localhost',
  };
  write('semantics-1.anchors.json', `${JSON.stringify(anchors, null, 2)}\n`);
} finally {
  await stack.stop();
}
