// Makes the golden evidence of a decision by an OpenID token out of a real stack and a real provider, with its anchors
// beside it: `node tests/golden/make-oidc.ts`. It writes over nothing: what lies here must verify for ever.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Reviewer } from '../../scripts/reviewer.ts';
import { OpenIdProvider } from '../support/openid-provider.ts';
import { enrolOwner } from '../support/people.ts';
import { TestStack } from '../support/stack.ts';

/** One stage by a group that only the token proves, then one by a passkey. */
const POLICY = `
version: 1
defaults: { verdict: require_approval, risk: low, verify: oidc }
rules:
  - id: payments
    match: { action: money.move }
    verdict: require_approval
    approvals: [{ from: "group:finance", count: 1 }, { from: "role:owner", count: 1 }]
`;

const provider = await OpenIdProvider.open({ 'dana-1': ['Payments', 'Everybody'] });
const stack = await TestStack.start();
const { organization, api_key } = stack.dev.live;

async function asked(params: object): Promise<string> {
  const response = await fetch(`${stack.base_url}/v1/approval-requests`, {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${api_key}`, 'content-type': 'application/json' },
      'idempotency-key': crypto.randomUUID(),
    },
    body: JSON.stringify({ action: 'money.move', resource: 'account:payables', params }),
  });
  if (!response.ok) throw new Error(`the proposal was answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { id: string }).id;
}

/** Signs in at the provider with the nonce of the intent, and sends what it signed. */
async function byToken(reviewer: Reviewer, id: string): Promise<void> {
  const path = `/v1/approval-requests/${id}/decisions`;
  const said = { comment: 'Read the invoice.' };
  const offer = await reviewer.call('POST', `${path}/options`, { decision: 'approve', ...said });
  const { intent, intent_token, nonce } = offer;
  const oidc_token = await provider.signIn('dana-1', String(nonce));
  await reviewer.call('POST', path, { intent, intent_token, oidc_token, ...said });
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

async function anchors(): Promise<object> {
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
  const owner = await enrolOwner(stack, 'live');
  const person = { name: 'Dana', email: 'dana@example.com', roles: ['reviewer'] };
  const { secret } = await owner.change('invitation', person);
  const dana = await Reviewer.enrol(stack.base_url, String(secret));
  const trusted = { name: 'Company', issuer: provider.issuer, purpose: 'people', audience: provider.audience };
  const groups = { group_claim: 'groups', group_mappings: { Payments: 'group:finance' } };
  const { target: issuer } = await owner.change('oidc_issuer', { ...trusted, ...groups });
  await owner.change('member', { identities: [{ issuer: issuer!, subject: 'dana-1' }] }, await dana.user());
  await owner.change('policy', { source: POLICY });
  const id = await asked({ amount: 420, to: 'ACME “Supplies”' });
  await byToken(dana, id);
  await owner.decide(id, 'approve');
  write('oidc.evidence', JSON.stringify(await evidence(owner, id)));
  write('oidc.anchors.json', `${JSON.stringify(await anchors(), null, 2)}\n`);
} finally {
  await stack.stop();
  provider.close();
}
