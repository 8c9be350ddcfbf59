import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../cli/src/exit-codes.ts';
import { assentry } from './terminal.ts';

const env = { ASSENTRY_API_KEY: 'asn_live_x', ASSENTRY_URL: 'http://localhost:1' };
const SAID = ['--action', 'deployment.rollback', '--resource', 'service:x', '--actor', 'agent:bot', '--reason', 'down'];

describe('assentry break-glass', () => {
  it('opens the filled-in form, everything in the fragment, and sends nothing', async () => {
    const more = ['--external-ref', 'INC-42', '--param', 'n:=5', '--expires-in', '20m'];
    const { code, stdout, opened } = await assentry(['break-glass', ...SAID, ...more], { env });
    expect(code).toBe(0);
    const url = new URL(stdout.trim());
    expect(opened).toEqual([url.href]);
    expect([url.pathname, url.search]).toEqual(['/break-glass', '']);
    expect(Object.fromEntries(new URLSearchParams(url.hash.slice(1)))).toEqual({
      ...{ action: 'deployment.rollback', resource: 'service:x', actor: 'agent:bot', reason: 'down' },
      ...{ external_ref: 'INC-42', params: '{"n":5}', minutes: '20' },
    });
  });

  it('needs a reason, and refuses more than an hour', async () => {
    expect((await assentry(['break-glass', ...SAID.slice(0, -2)], { env })).code).toBe(EXIT.usage);
    expect((await assentry(['break-glass', ...SAID, '--expires-in', '2h'], { env })).code).toBe(EXIT.usage);
  });
});
