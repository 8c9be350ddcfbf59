// `npm run reset`: clears the local state. The secrets stay: they are of the machine, not of the state.
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { given } from './arguments.ts';
import { answers, checkoutPlace, portAsked } from './place.ts';
import { readDevJson } from './seed.ts';

given({ usage: 'npm run reset', does: 'Clears the local state. The secrets stay.' });
const place = checkoutPlace(portAsked());
const base_url = readDevJson(place.dev_json)?.base_url ?? place.base_url;
if (await answers(base_url)) {
  console.error(`Something answers at ${base_url}: stop \`npm start\` first.`);
  process.exit(1);
}
rmSync(place.state, { recursive: true, force: true });
rmSync(dirname(place.dev_json), { recursive: true, force: true });
console.log('The local state is cleared. `npm start` seeds a new one.');
