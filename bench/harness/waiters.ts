// Many waiters on one request, in a thread of their own: in the approver's thread, handling two hundred messages would
// hold up the approver's own clock and make waiters look faster than they are. Times are of the machine's one clock.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

interface Asked {
  url: string;
  key: string;
  count: number;
}

/** Milliseconds since the epoch, with fractions; the same in every thread. */
export const clock = (): number => performance.timeOrigin + performance.now();

export interface Waiters {
  /** When each of them heard the words. */
  heard: Promise<number[]>;
}

/** Opens `count` streams; resolves when each has had its first state. */
export function openWaiters(asked: Asked): Promise<Waiters> {
  const worker = new Worker(import.meta.filename, { workerData: asked });
  return new Promise((open, refuse) => {
    const heard = new Promise<number[]>((resolve, reject) => {
      worker.on('message', (message: 'open' | number[]) => {
        if (message === 'open') return open({ heard });
        resolve(message);
        void worker.terminate();
      });
      worker.on('error', (error) => {
        reject(error);
        refuse(error);
      });
    });
    // Whoever is refused never looks at it.
    heard.catch(() => undefined);
  });
}

/** Reads one stream until it says the words. @returns when it did */
export async function untilSaid(response: Response, words: string, first: () => void = () => {}): Promise<number> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes('"status":')) first();
    if (text.includes(words)) return clock();
  }
  throw new Error(`the stream ended before it said ${words}`);
}

async function listen({ url, key }: Asked): Promise<{ first: Promise<void>; said: Promise<number> }> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  if (!response.ok) throw new Error(`the stream answered ${response.status}`);
  let tell = () => {};
  const first = new Promise<void>((resolve) => {
    tell = resolve;
  });
  return { first, said: untilSaid(response, '"status":"approved"', tell) };
}

if (!isMainThread && parentPort) {
  const asked = workerData as Asked;
  const streams = await Promise.all(Array.from({ length: asked.count }, () => listen(asked)));
  await Promise.all(streams.map(({ first }) => first));
  parentPort.postMessage('open');
  parentPort.postMessage(await Promise.all(streams.map(({ said }) => said)));
}
