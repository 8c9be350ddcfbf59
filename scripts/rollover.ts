// `npm run rollover -- 2027h1`: ends the log's shard and opens the next one, which this names. Of the local stack, or of
// the deployment at ASSENTRY_URL with its MAC_SECRETS in the environment. Repeatable: it finishes what was interrupted.
import { given } from './arguments.ts';
import { internalCall } from './internal-call.ts';
import { macSecrets } from './local-secrets.ts';
import { DEV_JSON } from './paths.ts';
import { checkoutPlace, DEFAULT_PORT } from './place.ts';
import { readDevJson } from './seed.ts';

interface Shard {
  shard: number;
  origin: string;
  verifier_key: string;
  retired: { size: number } | null;
}

/** Where the server is, and the secrets that prove who calls. Throws when neither is known. */
function target() {
  const { ASSENTRY_URL, MAC_SECRETS } = process.env;
  if (ASSENTRY_URL !== undefined) {
    if (MAC_SECRETS === undefined)
      throw new Error('ASSENTRY_URL needs MAC_SECRETS beside it: the deployment’s secret.');
    return { base_url: ASSENTRY_URL.replace(/\/$/, ''), secrets: JSON.parse(MAC_SECRETS) };
  }
  const dev = readDevJson(DEV_JSON);
  if (dev === null) throw new Error('There is no local stack yet: run `npm start` first, or set ASSENTRY_URL.');
  const place = checkoutPlace(Number(new URL(dev.base_url).port || DEFAULT_PORT));
  return { base_url: place.base_url, secrets: macSecrets(place) };
}

const [name = ''] = given({
  usage: 'npm run rollover -- NAME',
  does: 'Ends the log’s shard and opens the next one, which NAME names: npm run rollover -- 2027h1',
  words: { least: 1, most: 1 },
}).words;
try {
  const { base_url, secrets } = target();
  const { shards } = await internalCall<{ shards: Shard[] }>(base_url, secrets, '/v1/internal/ledger/shards', { name });
  for (const { shard, origin, retired, verifier_key } of shards)
    console.log(
      `${shard}  ${origin}  ${retired === null ? 'takes entries' : `ended at ${retired.size}`}  ${verifier_key}`,
    );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
