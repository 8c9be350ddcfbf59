// What a create and a decision cost in CPU against the least that the platform could do. Both arms run in one run, in
// turn, each in a workerd of its own; all of its CPU counts, so that deliveries and alarms after the answer are in it.
import { BARE, type Context, PRODUCTION, pause, type Row } from '../context.ts';
import { cpuMs, withPid } from '../harness/cpu.ts';
import type { House } from '../harness/house.ts';
import { found, propose, type World } from '../harness/world.ts';
import { atMostTimes, type Line, median } from '../line.ts';

const ROUNDS = 5;
const BATCH = 40;
/** What a batch set off (deliveries, the retry alarm after 2 s) is over by then. */
const AFTER_MS = 2_500;

type Calls = (() => Promise<unknown>)[];

interface Arm {
  pid: number;
  /** Gets a batch ready, outside the measurement; gives what is to be measured. */
  prepare(): Promise<Calls>;
}

interface Samples {
  ours: number[];
  theirs: number[];
}

/** One batch of each arm, call by call in turn. @returns milliseconds of CPU per call, in the order of the arms */
async function batchOf(arms: readonly [Arm, Arm]): Promise<[number, number]> {
  const batches = [await arms[0].prepare(), await arms[1].prepare()];
  await pause(AFTER_MS);
  const before = arms.map(({ pid }) => cpuMs(pid));
  for (let i = 0; i < BATCH; i++) for (const calls of batches) await calls[i]!();
  await pause(AFTER_MS);
  const [ours, theirs] = arms.map(({ pid }, at) => (cpuMs(pid) - before[at]!) / BATCH);
  return [ours!, theirs!];
}

const times = <T>(make: () => T): T[] => Array.from({ length: BATCH }, make);

const CREATE_BODY = JSON.stringify({ action: 'deployment.execute', params: { version: 'v2.1.0', replicas: 3 } });

/** Sends to the bare Worker; throws if it refuses. */
async function bare(house: House, path: string, body: string): Promise<void> {
  const response = await fetch(`${house.base_url}${path}`, { method: 'POST', body });
  await response.text();
  if (!response.ok) throw new Error(`the bare Worker answered ${response.status}`);
}

const latin1 = (bytes: ArrayBuffer): string => String.fromCharCode(...new Uint8Array(bytes));

async function bareSigned(): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const message = 'm'.repeat(300);
  const signature = latin1(await crypto.subtle.sign(algorithm, pair.privateKey, new TextEncoder().encode(message)));
  return JSON.stringify({ key: await crypto.subtle.exportKey('jwk', pair.publicKey), message, signature });
}

interface Offer {
  intent: object;
  intent_token: string;
  public_key: Parameters<World['owner']['passkey']['get']>[0];
}

/** A pending request whose decision is signed and only has to be sent. */
async function readyToDecide({ owner }: World, id: string): Promise<() => Promise<unknown>> {
  const path = `/v1/approval-requests/${id}/decisions`;
  const { public_key, ...offer } = await owner.call<Offer>('POST', `${path}/options`, { decision: 'approve' });
  const body = { ...offer, assertion: await owner.passkey.get(public_key) };
  return () => owner.call('POST', path, body);
}

async function inTurn(ours: Arm, theirs: Arm): Promise<Samples> {
  const samples: Samples = { ours: [], theirs: [] };
  for (let round = 0; round <= ROUNDS; round++) {
    const [mine, other] = await batchOf([ours, theirs]);
    // The first round compiles the code of both.
    if (round === 0) continue;
    samples.ours.push(mine);
    samples.theirs.push(other);
  }
  return samples;
}

function lineOf(figure: string, arm: string, limit: number, samples: Samples): Line {
  return {
    ...{ figure, unit: 'ms CPU', samples: samples.ours, target: atMostTimes(limit) },
    baseline: { arm, value: median(samples.theirs), how: 'measured' },
    note: `${BATCH} calls a round, with all that follows the answer; D1 and the queue are simulated in the same process`,
  };
}

export const cpu: Row = {
  name: 'cpu',
  async measure(context: Context) {
    const us = await withPid(() => context.house(PRODUCTION));
    const them = await withPid(() => context.house(BARE));
    if (us.pid === null || them.pid === null) throw new Error('CPU time per process is only known on Linux');
    const world = await found(us.started);
    const name = () => `org_bare/apr_${crypto.randomUUID()}`;
    const [house, signed] = [them.started, await bareSigned()];
    const creates = await inTurn(
      { pid: us.pid, prepare: async () => times(() => () => propose(world)) },
      { pid: them.pid, prepare: async () => times(() => () => bare(house, `/create?id=${name()}`, CREATE_BODY)) },
    );
    const made = async () => {
      const id = name();
      await bare(house, `/create?id=${id}`, CREATE_BODY);
      return () => bare(house, `/decide?id=${id}`, signed);
    };
    const decisions = await inTurn(
      {
        pid: us.pid,
        prepare: async () => {
          const calls = [];
          for (let i = 0; i < BATCH; i++) calls.push(await readyToDecide(world, await propose(world)));
          return calls;
        },
      },
      { pid: them.pid, prepare: () => Promise.all(times(made)) },
    );
    return [
      lineOf('create', 'Worker + new object + row + alarm', 1.25, creates),
      lineOf('decide', 'object + row + ES256 verify', 1.5, decisions),
    ];
  },
};
