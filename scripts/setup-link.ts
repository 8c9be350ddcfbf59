// `npm run setup-link`: another set-up link, or, with an owner present, a recovery link for that owner, which is an
// event and an alert of its own.
import { given } from './arguments.ts';
import { DEV_JSON } from './paths.ts';
import { checkoutPlace, DEFAULT_PORT } from './place.ts';
import { mintSetupLink, readDevJson } from './seed.ts';

given({
  usage: 'npm run setup-link',
  does: 'Mints a set-up link, or, where the organisation has an owner, a recovery link for that owner.',
});
const dev = readDevJson(DEV_JSON);
if (dev === null) {
  console.error('There is no local stack yet: run `npm start` first.');
  process.exit(1);
}
const port = Number(new URL(dev.base_url).port || DEFAULT_PORT);
const { url, purpose } = await mintSetupLink(checkoutPlace(port), dev.live.organization);
console.error(purpose === 'setup' ? 'Set-up link, good once:' : 'Recovery link for the owner, good once:');
console.log(url);
