// The running server's log under golang.org/x/mod/sumdb, which nobody here wrote.
import { afterAll, expect, it } from 'vitest';
import { verifyWithGo, whyNoGo } from '../support/go.ts';
import { TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

let stack: TestStack | null = null;
afterAll(async () => {
  await stack?.stop();
});

const json = { 'content-type': 'application/json' };

const PROPOSALS = 12;

/** Adds entries and waits until the public checkpoint has them. @returns its size */
async function grow({ base_url, dev }: TestStack): Promise<number> {
  const body = JSON.stringify({ action: 'deployment.execute', resource: 'service:billing-api' });
  for (let call = 0; call < PROPOSALS; call++) {
    const headers = { ...json, authorization: `Bearer ${dev.test.api_key}`, 'idempotency-key': `go-${call}` };
    const answer = await fetch(`${base_url}/v1/approval-requests`, { method: 'POST', headers, body });
    if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`);
  }
  return until(async () => {
    const size = Number((await (await fetch(`${base_url}/ledger/checkpoint`)).text()).split('\n')[1]);
    return size > PROPOSALS ? size : undefined;
  });
}

it("is verified by Go's unmodified sumdb: checkpoint, inclusion, tiles, entries, consistency", async (ctx) => {
  const missing = whyNoGo();
  if (missing) ctx.skip(missing);
  stack = await TestStack.start();
  const size = await grow(stack);
  const { verifier_key } = (await (await fetch(`${stack.base_url}/v1/ledger/key`)).json()) as { verifier_key: string };
  for (const index of [0, size - 1]) {
    const asked = { base_url: stack.base_url, verifier_key, index, api_key: stack.dev.test.api_key };
    const { status, output } = await verifyWithGo(asked);
    expect(output).toMatch(new RegExp(`checkpoint \\d+\ninclusion ${index}\ntiles \\d+\nentry \\d+\nconsistency 1\n`));
    expect(status, output).toBe(0);
  }
});
