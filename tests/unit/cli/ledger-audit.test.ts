// `assentry ledger verify` audits the whole organisation by itself where its key may, and says so where it may not.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hex } from '../../../core/encoding.ts';
import { encodeEntries } from '../../../core/ledger.ts';
import { exportOf, history, LINK_KEY, LOG_KEY, type MadeExport, ORGANIZATION } from '../../support/ledger-export.ts';
import { ContractServer } from '../sdk/contract-server.ts';
import { assentry } from './terminal.ts';

let made: MadeExport;
let server: ContractServer;
let env: Record<string, string>;
/** What the server leaves out of its list, for so many lists. */
let hidden: { org_seq: number; lists: number };
let leaves: Uint8Array[];
let shows_link_key: boolean;
beforeAll(async () => {
  made = await exportOf(history(50));
});
beforeEach(async () => {
  server = new ContractServer();
  env = { ASSENTRY_API_KEY: 'asn_live_x', ASSENTRY_URL: await server.start() };
  server.before = ({ path }) => answer(path);
  [hidden, leaves, shows_link_key] = [{ org_seq: 0, lists: 0 }, made.leaves, true];
});
afterEach(() => server.stop());

const ok = (body: unknown) => ({ status: 200, body });
const text = (bytes: string | Uint8Array) => ({ status: 200, body: null, text: bytes });
const forbidden = { status: 403, body: { code: 'forbidden', detail: 'Not for this key.' } };

function answer(path: string): ReturnType<ContractServer['before']> {
  if (path === '/ledger/checkpoint') return text(JSON.parse(`{${made.lines[0]!.slice(74)}`).export.checkpoint);
  if (path === '/v1/organization/link-key')
    return shows_link_key ? ok({ organization: ORGANIZATION, link_key: hex(LINK_KEY) }) : forbidden;
  if (path.startsWith('/v1/events?')) return ok(listed());
  if (path.startsWith('/v1/approval-requests?')) return ok({ data: [], next_cursor: null });
  const [, number] = /^\/ledger\/tile\/entries\/(\d{3})/.exec(path) ?? [];
  if (number === undefined) return undefined;
  return text(encodeEntries(leaves.slice(Number(number) * 256, Number(number) * 256 + 256)));
}

function listed(): object {
  const gap = hidden.lists-- > 0 ? hidden.org_seq : 0;
  const data = made.placed
    .filter(({ receipt }) => receipt.org_seq !== gap)
    .map(({ event, receipt }) => ({ ...event, organization: undefined, receipt }));
  return { data, next_cursor: null };
}

const verify = (...args: string[]) => assentry(['ledger', 'verify', '--key', LOG_KEY, ...args], { env });

describe('the audit of assentry ledger verify', () => {
  it('finds every place of the organisation among all leaves', async () => {
    const { code, stdout, stderr } = await verify();
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(
      `audit       places 1 to ${made.placed.length} of the organisation among all ${made.leaves.length} leaves: none is missing`,
    );
    expect(JSON.parse((await verify('--json')).stdout)).toMatchObject({
      ...{ valid: true, audit: { ran: true, faults: [], places: made.placed.length, size: made.leaves.length } },
    });
  });

  it('waits for a list that is late, and names what is missing for good', async () => {
    hidden = { org_seq: 40, lists: 2 };
    expect((await verify()).code).toBe(0);
    hidden = { org_seq: 40, lists: 100 };
    const { code, stdout } = await verify();
    expect(code).toBe(9);
    expect(stdout).toMatch(/^FAULT {7}audit: entry \d+ is this organisation's place 40, and none of its events/m);
  }, 30_000);

  it('finds leaves that are not those that the log signed', async () => {
    leaves = made.leaves.with(100, new Uint8Array(66));
    const { code, stderr } = await verify();
    expect([code, stderr]).toEqual([9, expect.stringContaining('do not give the root')]);
  });

  it('finds an event whose words were changed', async () => {
    const { event } = made.placed[30]!;
    const { by } = event.skeleton;
    event.skeleton.by = 'usr_evil';
    const { code, stdout } = await verify();
    event.skeleton.by = by!;
    expect([code, stdout]).toEqual([9, expect.stringContaining(`event ${event.id} does not hold what it commits to`)]);
  });

  it('says plainly that it did not run: for a key that may not, and where it is left out', async () => {
    shows_link_key = false;
    const { code, stdout } = await verify();
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^audit {7}NOT RUN: .*admin:read/m)]);
    expect(JSON.parse((await verify('--json')).stdout)).toMatchObject({ audit: { ran: false } });
    expect((await verify('--no-audit')).stdout).toContain('NOT RUN: --no-audit');
    expect(server.calls('GET', /entries/)).toEqual([]);
  });
});
