// A real stack for tests: the same start as `npm start`, in a place of its own (port, secrets, state) that is removed at
// the end. It can be killed and started again on the same state.
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Place, temporaryPlace } from '../../scripts/place.ts';
import type { DevJson } from '../../scripts/seed.ts';
import { type Server, serve } from '../../scripts/server.ts';
import { startStack } from '../../scripts/stack.ts';

export class TestStack {
  readonly place: Place;
  readonly dev: DevJson;
  private server: Server;

  private constructor(place: Place, dev: DevJson, server: Server) {
    this.place = place;
    this.dev = dev;
    this.server = server;
  }

  /** A seeded stack on a free port. */
  static async start(): Promise<TestStack> {
    const { place, dev, server } = await startStack(await temporaryPlace());
    return new TestStack(place, dev, server);
  }

  get base_url(): string {
    return this.place.base_url;
  }

  /** SIGKILL to the whole process group. The state stays. */
  async kill9(): Promise<void> {
    await this.server.kill9();
  }

  /** The same place again, after kill9() or stop(). */
  async restart(): Promise<void> {
    this.server = await serve(this.place);
  }

  /** Ends it and removes its place. */
  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(dirname(this.place.config), { recursive: true, force: true, maxRetries: 5 });
  }
}
