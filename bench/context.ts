// What rows share within one run: a metered house with an organisation in it, opened by the first row that asks.
import { type House, openHouse } from './harness/house.ts';
import { found, type World } from './harness/world.ts';

export const METERED = 'bench/worker/metered.ts';
/** What is deployed, without any meter: for times. */
export const PRODUCTION = 'worker/index.ts';
export const BARE = 'bench/worker/bare.ts';

export class Context {
  #world: Promise<World> | null = null;
  readonly #open: House[] = [];

  /** The metered world; its counts are of one isolate, so rows use it one after the other. */
  world(): Promise<World> {
    this.#world ??= this.house(METERED).then(found);
    return this.#world;
  }

  /** A house of the row's own, closed at the end of the run. */
  async house(entry: string): Promise<House> {
    const house = await openHouse(entry);
    this.#open.push(house);
    return house;
  }

  async close(): Promise<void> {
    for (const house of this.#open) await house.close();
  }
}

/** One row of the table, which may have several lines. */
export interface Row {
  name: string;
  measure(context: Context): Promise<import('./line.ts').Line[]>;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
