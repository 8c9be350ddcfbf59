// What the command line reads is what was written, or it says that it cannot: a file and standard input are read by one
// strict reader. A Latin-1 letter once became U+FFFD and was proposed, and published as a policy.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstFault, readText } from '../../../core/text-file.ts';
import { ContractServer } from '../sdk/contract-server.ts';
import { assentry, emptyPlace } from './terminal.ts';

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Uint8Array.from(part))));

const WRONG: [what: string, bytes: Uint8Array, says: string][] = [
  ['Latin-1', bytes('{"name":"caf', [0xe9], '"}'), 'offset 12 (0xe9)'],
  ['a continuation without its beginning', bytes('{"a":"', [0x80], '"}'), 'offset 6 (0x80)'],
  ['an overlong form', bytes('{"a":"', [0xc0, 0xaf], '"}'), 'offset 6 (0xc0)'],
  ['a surrogate', bytes('{"a":"é', [0xed, 0xa0, 0x80], '"}'), 'offset 8 (0xed)'],
  ['beyond Unicode', bytes('{"a":"', [0xf4, 0x90, 0x80, 0x80], '"}'), 'offset 6 (0xf4)'],
  ['an end in the middle', bytes('{"a":"€', [0xe2, 0x82]), 'offset 9 (0xe2)'],
  ['UTF-16, little end first', Buffer.from('\ufeff{"a":1}', 'utf16le'), 'This is UTF-16'],
  ['UTF-16, big end first', Buffer.from('\ufeff{"a":1}', 'utf16le').swap16(), 'This is UTF-16'],
  ['UTF-32', bytes([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0]), 'This is UTF-32'],
];
const MARKED = bytes([0xef, 0xbb, 0xbf], '{"name":"café"}');

let server: ContractServer;
let env: Record<string, string>;
let place: string;
beforeEach(async () => {
  server = new ContractServer();
  place = emptyPlace();
  env = { ASSENTRY_API_KEY: 'asn_live_x', ASSENTRY_URL: await server.start() };
});
afterEach(() => server.stop());

const ASK = ['approval', 'request', '--action', 'a.b', '--resource', 'c:d', '--params-file'];
function fileOf(text: Uint8Array): string {
  writeFileSync(join(place, 'given'), text);
  return join(place, 'given');
}
const fromFile = (args: string[], text: Uint8Array) => assentry([...args, fileOf(text)], { env });
/** In two pieces, so that a character is cut. */
const fromInput = (args: string[], text: Uint8Array) =>
  assentry([...args, '-'], { env, stdin: () => [text.subarray(0, 13), text.subarray(13)] });

describe.each([
  ['a file', fromFile],
  ['standard input', fromInput],
])('from %s', (_where, run) => {
  it.each(WRONG)('%s is refused with its place, and nothing is sent', async (_what, text, says) => {
    const ran = await run(ASK, text);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(says);
    expect(server.seen).toEqual([]);
  });

  it.each(WRONG)('%s is no policy', async (_what, text, says) => {
    const ran = await run(['policy', 'check'], text);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(says)]);
  });

  it('one byte order mark is left out, as if it were not there', async () => {
    expect((await run(ASK, MARKED)).code).toBe(0);
    expect(server.seen[0]!.body.params).toEqual({ name: 'café' });
    const policy = bytes([0xef, 0xbb, 0xbf], readFileSync('docs/examples/policy.yaml', 'utf8'));
    expect((await run(['policy', 'check'], policy)).code).toBe(0);
  });

  it('evidence that is not UTF-8 is not valid, even where a lossy reader would find what was signed', async () => {
    const genuine = readFileSync('tests/golden/approval.evidence');
    const ran = await run(['verify'], bytes([...genuine.subarray(0, 200)], [0xe9], [...genuine.subarray(200)]));
    expect([ran.code, ran.stderr]).toEqual([9, expect.stringContaining('not UTF-8')]);
  });
});

it('names the first byte that is no part of a character', () => {
  for (const [, text, says] of WRONG.slice(0, 6)) expect(says).toContain(`offset ${firstFault(text)} `);
  expect(readText(bytes('é€😀'))).toEqual({ ok: true, value: 'é€😀' });
  expect(readText(MARKED)).toEqual({ ok: true, value: '{"name":"café"}' });
});

it('takes a key with a colon on the command line, and := for JSON still', async () => {
  const params = ['--param', 'a:b=c', '--param', 'k8s:app:name:=3', '--metadata', 'team:x=y:=z', '--param', 'n:=[1]'];
  expect((await assentry([...ASK.slice(0, -1), ...params], { env })).code).toBe(0);
  expect(server.seen[0]!.body).toMatchObject({
    params: { 'a:b': 'c', 'k8s:app:name': 3, n: [1] },
    metadata: { 'team:x': 'y:=z' },
  });
});

it.each([
  ['an argument that Node could only read with U+FFFD in it', 'a=caf\ufffd', 'is not UTF-8'],
  ['a value without its key', ':=1', 'Write key=text'],
])('refuses %s, and sends nothing', async (_what, param, says) => {
  const ran = await assentry([...ASK.slice(0, -1), '--param', param], { env });
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(says)]);
  expect(server.seen).toEqual([]);
});
