// `npm run rebuild`: tells D1 everything again. The projection can be lost: the ledger's directory knows every object,
// and each object knows its own events.
import { given } from './arguments.ts';
import { internalCall } from './internal-call.ts';
import { macSecrets } from './local-secrets.ts';
import { DEV_JSON } from './paths.ts';
import { checkoutPlace, DEFAULT_PORT } from './place.ts';
import { readDevJson } from './seed.ts';

interface Page {
  told: number;
  next: { organization: string; object: string; shard: number } | null;
}

given({ usage: 'npm run rebuild', does: 'Tells D1 of the local stack everything again.' });
const dev = readDevJson(DEV_JSON);
if (dev === null) {
  console.error('There is no local stack yet: run `npm start` first.');
  process.exit(1);
}
const place = checkoutPlace(Number(new URL(dev.base_url).port || DEFAULT_PORT));
let told = 0;
let after: Page['next'] = null;
do {
  const page = (await internalCall(place.base_url, macSecrets(place), '/v1/internal/rebuild', {
    after,
  })) as unknown as Page;
  told += page.told;
  after = page.next;
} while (after !== null);
console.log(`${told} objects told D1 everything.`);
