// The people of `npm run demo -- --virtual`: a test organisation of the demo's own, whose owner is a passkey in software.
// It is founded at the first run and kept beside dev.json; what belongs to others is never asked for, nor recovered.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Place } from './place.ts';
import { Reviewer } from './reviewer.ts';
import { addEndpoint, type DevJson, found, mintSetupLink } from './seed.ts';
import type { SoftwarePasskeyState } from './software-passkey.ts';

type House = DevJson['test'] & { webhook_secret: string };
interface Kept {
  house: House;
  passkey: SoftwarePasskeyState;
}

const fileOf = (place: Place): string => join(dirname(place.dev_json), 'virtual-house.json');

/** The organisation and its owner, signed in; both are made where they are not there yet. */
export async function virtualHouse(place: Place): Promise<House & { reviewer: Reviewer }> {
  const file = fileOf(place);
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : null;
  if (kept !== null) return { ...kept.house, reviewer: await Reviewer.signIn(place.base_url, kept.passkey) };
  const organization = (await found(place, 'test', 'Demo (virtual)')) as DevJson['test'];
  const house = { ...organization, webhook_secret: await addEndpoint(place, organization.admin_api_key) };
  const { url, purpose } = await mintSetupLink(place, house.organization);
  if (purpose !== 'setup') throw new Error('The organisation of the demo has an owner already: npm run reset.');
  const reviewer = await Reviewer.enrol(place.base_url, url);
  const text = JSON.stringify({ house, passkey: await reviewer.passkey.save() } satisfies Kept);
  writeFileSync(file, text, { mode: 0o600 });
  return { ...house, reviewer };
}
