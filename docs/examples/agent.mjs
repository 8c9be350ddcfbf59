// An agent that refunds. Small refunds run at once; for a large one the policy wants a person, and this waits for them.
//   npx node docs/examples/agent.mjs       (ASSENTRY_API_KEY and ASSENTRY_URL in the environment, merchant.mjs running)
import { Assentry, isRejection, NotApprovedError } from '@assentry/sdk';

const MERCHANT = process.env.MERCHANT_URL ?? 'http://localhost:8790';
const assentry = new Assentry({ actor: 'service-account:release-bot' });

// Asks, waits, exchanges, runs, reports. `this` holds the capability: the merchant lets nobody in without one.
async function payRefund(refund) {
  const response = await fetch(`${MERCHANT}/refunds`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${this.capability.access_token}` },
    body: JSON.stringify(refund),
  });
  if (!response.ok) throw new Error(`The merchant answered ${response.status}: ${await response.text()}`);
  return response.json();
}
const refund = assentry.guard('order_tools.process_refund', payRefund, {
  request: { resource: 'service:orders', context: { reason: 'The customer sent it back.' } },
  onUpdate: ({ status, review_url, match_words }) =>
    status === 'pending' && console.log(`A person decides at ${review_url} (match words: ${match_words.join(' ')})`),
});

try {
  console.log(await refund({ order_id: 'ORD-1286', amount: 4000, currency: 'EUR' }));
  const large = await refund({ order_id: 'ORD-1287', amount: 129_200, currency: 'EUR' });
  console.log(isRejection(large) ? `Rejected: ${large.reason}` : large);
} catch (error) {
  if (!(error instanceof NotApprovedError)) throw error;
  console.log(`Nothing was refunded: ${error.message}`);
}
