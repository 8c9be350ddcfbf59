// `npm start`: everything at one origin, from a fresh clone on. PORT chooses another port; Ctrl-C ends it all.
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { given } from './arguments.ts';
import { box } from './box.ts';
import { ROOT } from './paths.ts';
import { answers, checkoutPlace, type Place, portAsked } from './place.ts';
import { type DevJson, readDevJson, unsoundPasskeys } from './seed.ts';
import { type Stack, startStack } from './stack.ts';

/** Whether the set-up link is still good: asking for its ceremony stores nothing. */
async function isLinkOpen({ base_url, setup_url }: DevJson): Promise<boolean> {
  const token = new URL(setup_url).hash.replace('#token=', '');
  const response = await fetch(`${base_url}/v1/passkeys/options`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: base_url, 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ token: decodeURIComponent(token) }),
  });
  await response.body?.cancel();
  return response.ok;
}

function greeting(dev: DevJson, isOpen: boolean): string {
  const enrol = isOpen
    ? [`Enrol       ${dev.setup_url}`, '            (once, with a passkey; npm run setup-link mints another)']
    : ['Sign in     with your passkey (lost it? npm run setup-link mints a recovery link)'];
  return box([
    'Assentry is running. Ctrl-C ends it.',
    '',
    `Dashboard   ${dev.base_url}`,
    ...enrol,
    `Test key    ${dev.test.api_key}`,
    '',
    'Next        npm run demo               an agent asks, you approve',
    '            npm run demo -- --virtual  the same with a passkey in software',
  ]);
}

/** Ends the stack at the first signal, or when whoever started this is gone, and this process with it. */
async function runUntilEnded({ server }: Stack): Promise<number> {
  let asked = false;
  const end = () => {
    asked = true;
    void server.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && end(), 500).unref();
  const code = await server.ended;
  return asked ? 0 : (code ?? 1);
}

/** Two servers on one state would each lose what the other writes, whatever their ports. */
async function refuseSecond(place: Place): Promise<void> {
  const base_url = readDevJson(place.dev_json)?.base_url;
  if (base_url !== undefined && (await answers(base_url))) throw new Error(`It is running already, at ${base_url}.`);
}

async function start(): Promise<number> {
  const place = checkoutPlace(portAsked());
  // A record without its state says nothing true.
  if (existsSync(place.dev_json) && !existsSync(place.state)) {
    throw new Error(`${relative(ROOT, place.dev_json)} belongs to a state that is gone. Run \`npm run reset\` first.`);
  }
  await refuseSecond(place);
  const stack = await startStack(place, (step) => console.error(step));
  console.log(greeting(stack.dev, await isLinkOpen(stack.dev)));
  for (const line of await unsoundPasskeys(place, stack.dev)) console.error(line);
  return runUntilEnded(stack);
}

given({ usage: 'npm run start', does: 'Starts the local stack at http://localhost:8787; PORT chooses another port.' });
try {
  process.exitCode = await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
