// The story of the first five minutes: a small refund is let through, a large one waits for a person, runs once, and
// nothing else does; the ledger proves it. `npm run demo` tells it, the tests run it. It checks what it says: any step
// that does not come out as told throws.
import { Assentry } from '../sdk/src/index.ts';
import type { ApprovalRequest, Exchanged } from '../sdk/src/wire.ts';
import { fetchLedger, ledgerFault, ledgerKey, withFlippedBit } from './ledger-copy.ts';
import { Merchant, ORDERS, REFUND } from './merchant.ts';

export interface StoryPlace {
  base_url: string;
  organization: string;
  api_key: string;
  actor: string;
  /** To hear `approval.decided` as well. */
  webhook?: { secret: string; port: number };
}

export interface Story {
  request: ApprovalRequest;
  merchant: Merchant;
  capability: Exchanged;
}

/** 40.00 and 1,292.00, in minor units. */
const SMALL = { order_id: 'ORD-1286', amount: 4_000, currency: 'EUR' };
const LARGE = { order_id: 'ORD-1287', amount: 129_200, currency: 'EUR' };

const context = (order: string) => ({ reason: `The customer sent ${order} back.` });

function expectThat(holds: boolean, sentence: string, seen: unknown): void {
  if (!holds) throw new Error(`Not as told: ${sentence}. Seen: ${JSON.stringify(seen)}`);
}

/** Tells the story. `approve` is the person; `say` hears each step in words. */
export async function tellRefundStory(
  place: StoryPlace,
  approve: (request: ApprovalRequest) => Promise<void>,
  say: (line: string) => void,
): Promise<Story> {
  const assentry = new Assentry({ apiKey: place.api_key, url: place.base_url, actor: place.actor });
  const { secret, port } = place.webhook ?? {};
  const merchant = await Merchant.open({
    issuer: `${place.base_url}/o/${place.organization}`,
    webhook_secret: secret,
    port,
  });
  try {
    await refundSmall(assentry, merchant, say);
    const { request, capability } = await refundLarge(assentry, merchant, approve, say);
    await tryAgain(assentry, merchant, capability, request, say);
    await assentry.report(request.id, { status: 'executed', detail: 'Refund paid.' });
    say('The agent reports: executed.');
    if (place.webhook) await hearWebhook(merchant, request.id, say);
    await checkLedger(place, say);
    return { request: await assentry.get(request.id), merchant, capability };
  } catch (error) {
    await merchant.close();
    throw error;
  }
}

const propose = (assentry: Assentry, params: typeof SMALL) =>
  assentry.request({ action: REFUND, resource: ORDERS, params, context: context(params.order_id) });

async function refundSmall(assentry: Assentry, merchant: Merchant, say: (line: string) => void): Promise<void> {
  const request = await propose(assentry, SMALL);
  expectThat(request.status === 'approved' && request.verdict === 'allow', 'policy lets 40.00 through', request.status);
  const { access_token } = await assentry.exchange({ request: request.id });
  const paid = await merchant.refund(access_token, SMALL);
  expectThat(paid.status === 200, 'the merchant pays 40.00', paid);
  await assentry.report(request.id, { status: 'executed' });
  say('The agent asks to refund 40.00: policy lets it through, the merchant pays.');
}

async function refundLarge(
  assentry: Assentry,
  merchant: Merchant,
  approve: (request: ApprovalRequest) => Promise<void>,
  say: (line: string) => void,
): Promise<Pick<Story, 'request' | 'capability'>> {
  const asked = await propose(assentry, LARGE);
  expectThat(asked.status === 'pending', '1,292.00 waits for a person', asked.status);
  say(`The agent asks to refund 1,292.00: it waits. Match words: ${asked.match_words.join(' ')}`);
  say(`  Review it: ${asked.review_url}`);
  const [request] = await Promise.all([assentry.wait(asked.id), approve(asked)]);
  expectThat(request.status === 'approved', 'a person approves', request.status);
  say(`Approved by ${request.decisions.map(nameOf).join(', ')}.`);
  const capability = await assentry.exchange({ request: request.id, params: LARGE });
  const altered = await merchant.refund(capability.access_token, { ...LARGE, amount: LARGE.amount + 1 });
  expectThat(altered.body.refused === 'wrong-params', 'a changed amount is refused', altered);
  say('The agent tries one cent more with the same token: refused (wrong-params).');
  const paid = await merchant.refund(capability.access_token, LARGE);
  expectThat(paid.status === 200, 'the merchant pays what was approved', paid);
  say('The merchant checks the token offline, and pays exactly 1,292.00.');
  return { request, capability };
}

const nameOf = ({ reviewer }: ApprovalRequest['decisions'][number]): string =>
  typeof reviewer === 'object' && reviewer !== null && 'name' in reviewer ? String(reviewer.name) : String(reviewer);

async function tryAgain(
  assentry: Assentry,
  merchant: Merchant,
  { access_token }: Exchanged,
  { id }: ApprovalRequest,
  say: (line: string) => void,
): Promise<void> {
  const replayed = await merchant.refund(access_token, LARGE);
  expectThat(replayed.body.refused === 'replayed', 'a second use is refused', replayed);
  const second = await assentry.exchange({ request: id }).then(
    () => 'exchanged',
    (error: { code?: string }) => error.code,
  );
  expectThat(second === 'capability-spent', 'a second exchange is refused', second);
  say('It uses the token again: refused (replayed). It asks for another: refused (capability-spent).');
}

/** A retry's first pause and some: what was due before this shop opened comes first. */
const WEBHOOK_LIMIT_MS = 15_000;

async function hearWebhook(merchant: Merchant, id: string, say: (line: string) => void): Promise<void> {
  const heard = () => merchant.webhooks.some(({ event }) => event.type === 'approval.decided' && event.subject === id);
  for (const until = Date.now() + WEBHOOK_LIMIT_MS; !heard() && Date.now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expectThat(heard(), 'the merchant hears of the decision', merchant.webhooks.length);
  say('The merchant heard approval.decided by webhook, and the signature holds.');
}

async function checkLedger({ base_url, api_key }: StoryPlace, say: (line: string) => void): Promise<void> {
  const key = await ledgerKey(base_url);
  const copy = await fetchLedger(base_url, api_key);
  const fault = await ledgerFault(copy, key);
  expectThat(fault === null, 'the ledger verifies', fault);
  say(`The ledger verifies: ${copy.leaves.length} entries under a signed checkpoint.`);
  const found = await ledgerFault(withFlippedBit(copy, copy.leaves.length - 1), key);
  expectThat(found !== null, 'one flipped bit fails', found);
  say('One flipped bit, and it does not.');
}
