// Makes the golden evidence of further passkeys and of a test organisation out of a real stack, each with its anchors
// beside it: `node tests/golden/make-algorithms.ts`. It writes over nothing: what lies here must verify for ever.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Reviewer } from '../../scripts/reviewer.ts';
import { enrolOwner } from '../support/people.ts';
import { SoftwarePasskey } from '../support/software-passkey.ts';
import { TestStack } from '../support/stack.ts';

const stack = await TestStack.start();
const { live, test } = stack.dev;

async function proposed(api_key: string): Promise<string> {
  const action = { action: 'deployment.execute', resource: 'service:billing-api', params: { version: 'v2.1.0' } };
  const response = await fetch(`${stack.base_url}/v1/approval-requests`, {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${api_key}`, 'content-type': 'application/json' },
      'idempotency-key': crypto.randomUUID(),
    },
    body: JSON.stringify({ ...action, context: { reason: 'INC-42: “hot” fix' } }),
  });
  if (!response.ok) throw new Error(`the proposal was answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { id: string }).id;
}

/** Once the public checkpoint holds everything. */
async function evidence(reviewer: Reviewer, id: string): Promise<object> {
  for (;;) {
    const bundle = await reviewer.call('GET', `/v1/approval-requests/${id}/evidence`).catch((error) => {
      if (error.status !== 503) throw error;
    });
    if (bundle !== undefined) return bundle;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function anchorsOf(organization: string): Promise<object> {
  const { verifier_key, receipt_keys } = (await (await fetch(`${stack.base_url}/v1/ledger/key`)).json()) as {
    verifier_key: string;
    receipt_keys: { public_key: string }[];
  };
  const keys = { log_key: verifier_key, receipt_key: receipt_keys[0]!.public_key };
  return { ...keys, organization, origin: stack.base_url, rp_id: 'localhost' };
}

const write = (name: string, text: string): void =>
  writeFileSync(join(import.meta.dirname, name), text, { flag: 'wx' });

try {
  const eddsa = await enrolOwner(stack, 'live', await SoftwarePasskey.make(stack.base_url, 'EdDSA'));
  const invited = await eddsa.change('invitation', { name: 'RSA', email: 'rsa@example.com', roles: ['owner'] });
  const passkey = await SoftwarePasskey.make(stack.base_url, 'RS256');
  const rs256 = await Reviewer.enrol(stack.base_url, String(invited.secret), passkey);
  const rehearsing = await enrolOwner(stack, 'test');
  for (const [name, reviewer, { api_key, organization }] of [
    ['eddsa', eddsa, live],
    ['rs256', rs256, live],
    ['test-approval', rehearsing, test],
  ] as const) {
    const id = await proposed(api_key);
    await reviewer.decide(id, 'approve', 'Read the diff.');
    write(`${name}.evidence`, JSON.stringify(await evidence(reviewer, id)));
    write(`${name}.anchors.json`, `${JSON.stringify(await anchorsOf(organization), null, 2)}\n`);
  }
} finally {
  await stack.stop();
}
