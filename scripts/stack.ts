// A whole local stack from nothing: secrets, database, dashboard, server, seed. `npm start` and the tests start the same.
import { mkdirSync } from 'node:fs';
import { ensureDashboard } from './dashboard-build.ts';
import { ensureSecrets } from './local-secrets.ts';
import type { Place } from './place.ts';
import { type DevJson, seed } from './seed.ts';
import { migrate, type Server, serve } from './server.ts';

export interface Stack {
  place: Place;
  server: Server;
  dev: DevJson;
}

/** Starts a stack and seeds it if its state is new. `says` hears what takes a while. */
export async function startStack(place: Place, says: (step: string) => void = () => {}): Promise<Stack> {
  mkdirSync(place.state, { recursive: true });
  await ensureSecrets(place);
  says('Preparing the database and the dashboard …');
  await Promise.all([migrate(place), ensureDashboard()]);
  says('Starting …');
  const server = await serve(place);
  try {
    return { place, server, dev: await seed(place) };
  } catch (error) {
    await server.kill9();
    throw error;
  }
}
