// `npm run demo`: the refund story against the running stack. You approve in the browser; `-- --virtual` has a passkey
// in software do it, in a test organisation of the demo's own, which says so in everything it signs. Invariant: nobody
// else's passkey, link or organisation is touched.
import { given } from './arguments.ts';
import { virtualHouse } from './demo-house.ts';
import { answers, checkoutPlace, DEFAULT_PORT, isFree } from './place.ts';
import { tellRefundStory } from './refund-story.ts';
import { type DevJson, readDevJson } from './seed.ts';

const portOf = (dev: DevJson): number => Number(new URL(dev.base_url).port || DEFAULT_PORT);

async function withYou(dev: DevJson): Promise<void> {
  const ask = async () => console.log('  Waiting for you. (Not enrolled yet? npm run setup-link)');
  const { merchant } = await tellRefundStory({ base_url: dev.base_url, ...dev.live }, ask, console.log);
  await merchant.close();
}

async function virtual(dev: DevJson): Promise<void> {
  const { reviewer, webhook_secret, ...house } = await virtualHouse(checkoutPlace(portOf(dev)));
  const approve = async ({ id }: { id: string }) => {
    await reviewer.decide(id, 'approve');
  };
  const port = portOf(dev) + 1;
  const webhook = (await isFree(port)) ? { secret: webhook_secret, port } : undefined;
  const { merchant } = await tellRefundStory({ base_url: dev.base_url, ...house, webhook }, approve, console.log);
  await merchant.close();
}

const { has } = given({
  usage: 'npm run demo [-- --virtual]',
  does: 'Tells the refund story against the running stack: an agent asks, you approve in the browser.',
  switches: { virtual: 'a passkey in software approves, in a test organisation of its own' },
});
try {
  const dev = readDevJson(checkoutPlace().dev_json);
  if (dev === null || !(await answers(dev.base_url))) throw new Error('Start the stack first: npm start');
  await (has('virtual') ? virtual(dev) : withYou(dev));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
