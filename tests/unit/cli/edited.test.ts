// `approval get` of an edited request: what was asked, who edited, what may run.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ContractServer } from '../sdk/contract-server.ts';
import { assentry } from './terminal.ts';

let server: ContractServer;
let env: Record<string, string>;
beforeEach(async () => {
  server = new ContractServer();
  env = { ASSENTRY_API_KEY: 'asn_live_x', ASSENTRY_URL: await server.start() };
});
afterEach(() => server.stop());

it('shows both sides of an edit and who made it, hostile text made harmless', async () => {
  const asked = ['approval', 'request', '--action', 'pay', '--resource', 'order:1', '--param', 'amount=24', '--json'];
  const { id } = JSON.parse((await assentry([...asked, '--param', 'to=me\u202e'], { env })).stdout);
  server.approveEdited(id, { amount: 12, to: 'me\u202e' });
  const { stdout } = await assentry(['approval', 'get', id], { env });
  const lines = stdout.split('\n').map((line) => line.trim().replaceAll(/ +/g, ' '));
  expect(lines.find((line) => line.startsWith('asked'))).toContain('"amount":"24"');
  expect(lines).toContain('edited by Dana (narrow): Half.');
  expect(lines).toContain('/amount: "24" → 12');
  expect(lines.find((line) => line.startsWith('params'))).toContain('"amount":12');
  expect(stdout).not.toContain('\u202e');
  const { effective, params } = JSON.parse((await assentry(['approval', 'get', id, '--json'], { env })).stdout);
  expect([params.amount, effective.params.amount]).toEqual(['24', 12]);
});
