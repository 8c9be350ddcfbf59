// What the reference tells a newcomer to type, typed: the four calls at the top of /docs, read from the page itself.
import { afterAll, beforeAll, expect, it } from 'vitest';
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
