// `npm run demo`: the refund story against the running stack. You approve in the browser; `-- --virtual` has a passkey
// in software do it, in the test organisation, which says so in everything it signs.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.ts';
import { answers, checkoutPlace, DEFAULT_PORT, isFree } from './place.ts';
import { type StoryPlace, tellRefundStory } from './refund-story.ts';
import { Reviewer } from './reviewer.ts';
import { type DevJson, mintSetupLink, readDevJson } from './seed.ts';

const PASSKEY_FILE = join(ROOT, '.assentry/virtual-passkey.json');

const portOf = (dev: DevJson): number => Number(new URL(dev.base_url).port || DEFAULT_PORT);

/** The virtual owner of the test organisation: enrolled at the first run, signed in afterwards. */
async function virtualReviewer(dev: DevJson): Promise<Reviewer> {
  const known = existsSync(PASSKEY_FILE) ? JSON.parse(readFileSync(PASSKEY_FILE, 'utf8')) : null;
  if (known?.organization === dev.test.organization) return Reviewer.signIn(dev.base_url, known.passkey);
  const { url } = await mintSetupLink(checkoutPlace(portOf(dev)), dev.test.organization);
  const reviewer = await Reviewer.enrol(dev.base_url, url);
  const kept = { organization: dev.test.organization, passkey: await reviewer.passkey.save() };
  writeFileSync(PASSKEY_FILE, JSON.stringify(kept), { mode: 0o600 });
  return reviewer;
}

async function demo(virtual: boolean): Promise<void> {
  const dev = readDevJson(checkoutPlace().dev_json);
  if (dev === null || !(await answers(dev.base_url))) throw new Error('Start the stack first: npm start');
  const place = (kind: 'live' | 'test'): StoryPlace => ({ base_url: dev.base_url, ...dev[kind] });
  if (!virtual) {
    const ask = async () => console.log('  Waiting for you. (Not enrolled yet? npm run setup-link)');
    const { merchant } = await tellRefundStory(place('live'), ask, console.log);
    return merchant.close();
  }
  const reviewer = await virtualReviewer(dev);
  const approve = async ({ id }: { id: string }) => {
    await reviewer.decide(id, 'approve');
  };
  const port = portOf(dev) + 1;
  const webhook = (await isFree(port)) ? { secret: dev.webhook_secret, port } : undefined;
  const { merchant } = await tellRefundStory({ ...place('test'), webhook }, approve, console.log);
  await merchant.close();
}

try {
  await demo(process.argv.includes('--virtual'));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
