// What the reference tells a newcomer to type, typed: the four calls at the top of /docs, read from the page itself, and
// the examples of docs/, as they are.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { Reviewer } from '../../scripts/reviewer.ts';
import { enrolOwner } from '../support/people.ts';
import { TestStack } from '../support/stack.ts';

let stack: TestStack;
let owner: Reviewer;

beforeAll(async () => {
  stack = await TestStack.start();
  owner = await enrolOwner(stack, 'test');
});
afterAll(() => stack?.stop());

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
const WORD = /(?:"((?:[^"])*)"|'([^']*)'|([^\s'"]+))/y;

/** One `curl` line → its words, variables filled in, as a shell would. */
function wordsOf(line: string, variables: Record<string, string>): string[] {
  const words: string[] = [];
  for (let at = 0, glued = false; at < line.length; ) {
    if (/\s/.test(line[at]!)) {
      at += 1;
      glued = false;
      continue;
    }
    WORD.lastIndex = at;
    const [all, double, single, bare] = WORD.exec(line)!;
    const text = single ?? (double ?? bare!).replace(/\$(\w+)/g, (_, name) => variables[name]!);
    if (glued) words[words.length - 1] += text;
    else words.push(text);
    at += all.length;
    glued = true;
  }
  return words;
}

/** What curl would send. */
async function typed(line: string, variables: Record<string, string>) {
  const words = wordsOf(line.replaceAll('\\\n', ' '), variables);
  const headers = words
    .filter((_, at) => words[at - 1] === '-H')
    .map((header) => header.split(': ') as [string, string]);
  const body = words[words.indexOf('-d') + 1];
  const response = await fetch(words[1]!, words.includes('-d') ? { method: 'POST', headers, body } : { headers });
  const answer = await response.json();
  expect(response.ok, JSON.stringify(answer)).toBe(true);
  return answer as Record<string, string>;
}

it('asks, waits, exchanges and reports as the page says', async () => {
  const page = await (await fetch(`${stack.base_url}/docs`)).text();
  const text = /<pre[^>]*>([\s\S]*?)<\/pre>/.exec(page)![1]!.replace(/&[a-z#0-9]+;/g, (entity) => ENTITIES[entity]!);
  const [ask, wait, exchange, report] = text.split('\n\n').map((call) => call.replace(/^#.*\n/, ''));
  const variables: Record<string, string> = { ASSENTRY_API_KEY: stack.dev.test.api_key };
  const asked = await typed(ask!, variables);
  expect(asked.status).toBe('pending');
  variables.ID = asked.id!;
  await owner.decide(asked.id!, 'approve');
  expect((await typed(wait!, variables)).status).toBe('approved');
  expect((await typed(exchange!, variables)).access_token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  expect((await typed(report!, variables)).status).toBe('executed');
});

/** Runs an example in a process of its own; answers with its next line each time, and ends it at the end of the test. */
function example(name: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [`docs/examples/${name}`], { env: { PATH: process.env.PATH ?? '', ...env } });
  onTestFinished(() => void child.kill());
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return async () => String((await lines.next()).value);
}

it('runs the examples: a small refund at once, a large one when a person has approved, neither without a capability', async () => {
  const { api_key, organization } = stack.dev.test;
  const merchant = example('merchant.mjs', { PORT: '0', ASSENTRY_ISSUER: `${stack.base_url}/o/${organization}` });
  const MERCHANT_URL = /http:\S+(?=\/refunds)/.exec(await merchant())![0];
  const agent = example('agent.mjs', { ASSENTRY_URL: stack.base_url, ASSENTRY_API_KEY: api_key, MERCHANT_URL });
  expect(await agent()).toContain('paid: 4000');
  await owner.decide(/apr_\w+/.exec(await agent())![0], 'approve');
  expect(await agent()).toContain('paid: 129200');
  expect((await fetch(`${MERCHANT_URL}/refunds`, { method: 'POST', body: '{"amount":1}' })).status).toBe(403);
});
