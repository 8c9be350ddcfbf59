// Callers under load: each proposes, decides, exchanges and reports, over and over, and keeps a record of what it was
// told. A call that fails because the server is gone promises nothing; a call that is answered 2xx promises its event.
import type { Acknowledged } from '../../scripts/invariants.ts';
import type { Reviewer } from '../../scripts/reviewer.ts';
import { Refused } from '../../scripts/reviewer.ts';

export interface LoadOptions {
  base_url: string;
  api_key: string;
  actor: string;
  reviewer: Reviewer;
}

/** One life that a request may lead: what is proposed and what then happens to it. */
interface Plan {
  amount: number;
  steps: readonly ('approve' | 'reject' | 'cancel' | 'exchange' | 'executed' | 'leave')[];
}

const LIVES: readonly Plan[] = [
  { amount: 4_000, steps: ['exchange', 'executed'] },
  { amount: 500_000, steps: ['approve', 'exchange', 'executed'] },
  { amount: 500_000, steps: ['reject'] },
  { amount: 500_000, steps: ['approve', 'cancel'] },
  { amount: 500_000, steps: ['cancel'] },
];
/** One in many is left alone until its deadline: more would fill what an actor may have pending. */
const LEFT: Plan = { amount: 500_000, steps: ['leave'] };
const PLANS: readonly Plan[] = [LEFT, ...LIVES, ...LIVES, ...LIVES, ...LIVES];

export class Load {
  /** Request id → events that an answer promised. */
  readonly acknowledged: Acknowledged = new Map();
  /** Answers that no caller should ever see. */
  readonly scandals: string[] = [];
  #running = false;
  #workers: Promise<void>[] = [];
  #count = 0;
  readonly #options: LoadOptions;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  start(workers: number): void {
    this.#running = true;
    this.#workers = Array.from({ length: workers }, () => this.#work());
  }

  /** No new lives; waits for those under way. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    while (this.#running) {
      const plan = PLANS[this.#count++ % PLANS.length]!;
      await this.#live(plan).catch((error) => this.#note(error));
    }
  }

  /** Remembers what should not be; then a breath, for whoever is not there yet. */
  async #note(error: unknown): Promise<void> {
    const status = error instanceof Refused ? error.status : null;
    // 503 is "repeat it"; a refused connection is the kill. Any other 5xx is a fault.
    if (status !== null && status >= 500 && status !== 503) this.scandals.push(String(error));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }

  async #live({ amount, steps }: Plan): Promise<void> {
    const { actor } = this.#options;
    const leaves = steps[0] === 'leave';
    const { id } = await this.#call<{ id: string }>('/v1/approval-requests', {
      action: 'order_tools.process_refund',
      resource: 'service:orders',
      actor,
      params: { amount, order_id: `ORD-${crypto.randomUUID()}` },
      // The shortest deadline there is: it passes while the server is being killed.
      ...(leaves ? { expires_in: 30 } : {}),
    });
    this.#promise(id, 'approval.requested');
    for (const what of steps) await this.#step(id, what);
  }

  async #step(id: string, what: Plan['steps'][number]): Promise<void> {
    const path = `/v1/approval-requests/${id}`;
    const calls: Record<typeof what, () => Promise<unknown>> = {
      approve: () => this.#options.reviewer.decide(id, 'approve'),
      reject: () => this.#options.reviewer.decide(id, 'reject', 'Not this one.'),
      cancel: () => this.#call(`${path}/cancel`, {}),
      exchange: () =>
        this.#call('/v1/capabilities/exchange', {
          request: id,
          actor: this.#options.actor,
          nonce: crypto.randomUUID(),
        }),
      executed: () => this.#call(`${path}/outcome`, { status: 'executed' }),
      leave: async () => {},
    };
    await calls[what]();
    const promised = { approve: 'approval.decided', reject: 'approval.decided', cancel: 'approval.canceled' };
    const rest = { exchange: 'capability.exchanged', executed: 'execution.executed', leave: 'approval.requested' };
    this.#promise(id, { ...promised, ...rest }[what]);
  }

  #promise(id: string, type: string): void {
    this.acknowledged.set(id, (this.acknowledged.get(id) ?? new Set()).add(type));
  }

  async #call<T>(path: string, body: object): Promise<T> {
    const { base_url, api_key } = this.#options;
    const response = await fetch(base_url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${api_key}` },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw new Refused(`POST ${path}`, response.status, answer as Refused['problem']);
    return answer as T;
  }
}
