// Asks the configured witnesses (C2SP tlog-witness) to cosign the public checkpoint. They are other people's: one that
// is away costs the cosignature, never the sealing; one that refuses is an alarm, because then our tree was rewritten,
// forked or set back. What they answer counts only when it verifies under the key that is configured.
import {
  addCheckpointText,
  consistencyProof,
  cosignedAt,
  type HashReader,
  parseWitnessKey,
  withSignatures,
} from '../../core/ledger.ts';
import type { Cosigned } from './cosigned.ts';
import type { SignedHead } from './forms.ts';
import { ed25519Verifier, type LedgerEnv } from './keys.ts';

interface WitnessAddress {
  /** The submission prefix: `add-checkpoint` is below it. */
  url: string;
  verifier_key: string;
}

const ANSWER_WITHIN_MS = 5_000;
/** After these the next checkpoint is asked for instead. */
const MAX_TRIES = 5;
/** A few lines; nobody's cosignatures are longer. */
const MAX_ANSWER_CHARS = 8_192;

export class Witnessing {
  readonly #env: LedgerEnv;
  readonly #cosigned: Cosigned;
  readonly #reader: (size: number) => HashReader;
  /** Size that each witness knows, as far as we know. */
  readonly #known = new Map<string, number>();
  #asking: Promise<void> | null = null;
  #tried = { size: 0, times: 0, done: false };

  /** @param reader reads the tree of `size` leaves */
  constructor(env: LedgerEnv, cosigned: Cosigned, reader: (size: number) => HashReader) {
    this.#env = env;
    this.#cosigned = cosigned;
    this.#reader = reader;
  }

  /** Whether a checkpoint of this size still wants cosignatures that may come. */
  wants(size: number): boolean {
    if (!this.#env.WITNESSES || size === 0) return false;
    return this.#tried.size !== size || (!this.#tried.done && this.#tried.times < MAX_TRIES);
  }

  /** The note with the cosignatures that were kept of its size. */
  dressed(note: string, size: number): string {
    const kept = this.#cosigned.at(size)?.note ?? '';
    return withSignatures(note, linesOf(kept));
  }

  /** Asks everyone who has not cosigned it yet, and keeps what they signed. One at a time. Never rejects. */
  async ask(signed: SignedHead): Promise<void> {
    if (!this.wants(signed.size)) return;
    this.#asking ??= this.#askAll(signed)
      .catch((error) => console.error('ledger: the witnesses cannot be asked', String(error)))
      .finally(() => {
        this.#asking = null;
      });
    await this.#asking;
  }

  async #askAll(signed: SignedHead): Promise<void> {
    const times = this.#tried.size === signed.size ? this.#tried.times + 1 : 1;
    this.#tried = { size: signed.size, times, done: false };
    const asked = JSON.parse(this.#env.WITNESSES!) as WitnessAddress[];
    const lines = await Promise.all(asked.map((witness) => this.#askOne(witness, signed)));
    const came = lines.filter((line) => line !== null);
    if (this.#tried.size === signed.size) this.#tried.done = came.length === asked.length;
    if (came.length === 0) return;
    const kept = this.#cosigned.at(signed.size);
    const note = withSignatures(this.dressed(signed.note, signed.size), came);
    this.#cosigned.put({ size: signed.size, note, at: kept?.at ?? new Date().toISOString() });
  }

  /** The witness's signature line, kept or fresh; null when it gave none that verifies. */
  async #askOne({ url, verifier_key }: WitnessAddress, signed: SignedHead): Promise<string | null> {
    try {
      const key = parseWitnessKey(verifier_key);
      if (key === null) throw new Error('WITNESSES: not the verifier key of a witness');
      const verifier = await ed25519Verifier(key);
      const valid = async (line: string) =>
        (await cosignedAt(withSignatures(bare(signed.note), [line]), verifier)) !== null;
      for (const line of linesOf(this.dressed(signed.note, signed.size))) if (await valid(line)) return line;
      const answer = await this.#submit(url, signed);
      for (const line of answer) if (await valid(line)) return line;
    } catch (error) {
      console.warn(JSON.stringify({ message: 'ledger: a witness gave no cosignature', url, reason: String(error) }));
    }
    return null;
  }

  /** One submission, and one more with the size that a 409 names. */
  async #submit(url: string, signed: SignedHead): Promise<string[]> {
    for (let turn = 0; turn < 2; turn++) {
      const old = Math.min(this.#known.get(url) ?? 0, signed.size);
      const hashes = consistencyProof(this.#reader(signed.size), old, signed.size);
      const body = addCheckpointText({ old, hashes, note: bare(signed.note) });
      const { status, text } = await post(`${url}/add-checkpoint`, body);
      if (status === 200) {
        this.#known.set(url, signed.size);
        return text.split('\n').map((line) => `${line}\n`);
      }
      const size = status === 409 && /^[0-9]{1,15}\n$/.test(text) ? Number(text) : null;
      if (size === null || size === old || size > signed.size) return refused(url, status, size, signed);
      this.#known.set(url, size);
    }
    throw new Error('it named two sizes in a row');
  }
}

/** What it knows does not fit to what we are: somebody must look. A witness that is merely broken says so by another status. */
function refused(url: string, status: number, size: number | null, signed: SignedHead): never {
  if (status === 409 || status === 422)
    console.error(
      JSON.stringify({ message: 'ledger: a witness refuses our tree', url, status, knows: size, ours: signed.size }),
    );
  throw new Error(`it answered ${status}`);
}

async function post(url: string, body: string): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  // Not AbortSignal.timeout: its timer would keep the object awake long after the answer.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ANSWER_WITHIN_MS);
  try {
    const answer = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal: late.signal });
    return { status: answer.status, text: (await answer.text()).slice(0, MAX_ANSWER_CHARS) };
  } finally {
    clearTimeout(timer);
  }
}

/** Signature lines after the log's own, which is the first. */
const linesOf = (note: string): string[] =>
  note
    .slice(note.lastIndexOf('\n\n') + 2)
    .split('\n')
    .slice(1, -1)
    .map((line) => `${line}\n`);

/** The note as the log alone signed it. */
const bare = (note: string): string => {
  const start = note.lastIndexOf('\n\n') + 2;
  return note.slice(0, note.indexOf('\n', start) + 1);
};
