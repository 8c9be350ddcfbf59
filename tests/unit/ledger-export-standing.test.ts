// Whether who decided still could, by the order of the organisation's own events in its export.
import { describe, expect, it } from 'vitest';
import { hex } from '../../core/encoding.ts';
import type { JsonObject } from '../../core/json.ts';
import { verifyExport } from '../../core/ledger/export.ts';
import {
  chained,
  draftsOf,
  ended,
  exportOf,
  history,
  LINK_KEY,
  LOG_KEY,
  nodeCrypto,
  relined,
  WHOLE_LIFE,
} from '../support/ledger-export.ts';

const PINNED = { log_key: LOG_KEY, link_key: hex(LINK_KEY) };
const [EARLIER, LATER] = ['2026-11-20T09:59:59.999Z', '2026-11-20T10:00:00.001Z'];

async function saidOf(options: Parameters<typeof history>[1], count = 2) {
  const { lines } = await exportOf(history(count, { receipts: true, ...options }));
  const { valid, claims } = await verifyExport(lines, PINNED, nodeCrypto);
  return { valid, claims: claims.filter(({ claim }) => claim === 'standing') };
}

describe('a decision in an export of the whole organisation', () => {
  it('is proved to be of an enrolled passkey that was not revoked, of a reviewer neither locked nor removed', async () => {
    expect(await saidOf({})).toMatchObject({
      valid: true,
      claims: [{ status: 'proved', detail: expect.stringMatching(/^before 2 of 2 decisions/) }],
    });
    for (const type of ['passkey.revoked', 'member.locked', 'member.removed'] as const)
      expect(await saidOf({ after: [ended(type, LATER)] }), type).toMatchObject({ valid: true });
  });

  it.each(['passkey.revoked', 'member.locked', 'member.removed'] as const)(
    'after %s is refused, its event and the field named',
    async (type) => {
      const { valid, claims } = await saidOf({ before: [ended(type, EARLIER)] });
      expect(valid).toBe(false);
      expect(claims).toMatchObject([
        { status: 'failed', field: `/event/skeleton/${type === 'passkey.revoked' ? 'passkey' : 'reviewer'}` },
      ]);
      expect(claims[0]?.event).toMatch(/^evt_apr_/);
      expect(claims[0]?.detail).toContain(`decided after entry 3, ${type}`);
    },
  );

  it.each([
    ['delegation.ended', { delegation: 'dlg_1', from: 'usr_2', to: 'usr_1' }, '/event/skeleton/delegation'],
    ['member.removed', { user: 'usr_2' }, '/event/skeleton/delegation/from'],
  ] as const)('under a delegation after %s is refused', async (type, skeleton, field) => {
    const end = { ...ended('member.updated', EARLIER), type, skeleton };
    const own = history(0, { receipts: true, before: [end] });
    const drafts = draftsOf(WHOLE_LIFE, 'apr_1').map((draft) =>
      draft.type === 'approval.decided'
        ? { ...draft, skeleton: { ...draft.skeleton, delegation: { id: 'dlg_1', from: 'usr_2' } } }
        : draft,
    );
    const { lines } = await exportOf([...own, ...chained('apr_1', drafts)]);
    const { claims } = await verifyExport(lines, { log_key: LOG_KEY }, nodeCrypto);
    expect(claims.at(-1)).toMatchObject({ claim: 'standing', status: 'failed', field });
  });

  it('that was made no later, and sealed after, is the operator’s word', async () => {
    const { valid, claims } = await saidOf({ before: [ended('passkey.revoked')] });
    expect([valid, claims.map(({ status }) => status)]).toEqual([true, ['asserted']]);
    expect(claims[0]!.detail).toMatch(/^2 decisions were sealed after/);
  });

  it('whose signer knew a head with the revocation in it is refused, whatever time it says', async () => {
    const own = history(0, { receipts: true, before: [ended('passkey.revoked')] });
    const deciding = (size: number) =>
      draftsOf(WHOLE_LIFE, 'apr_1').map((draft) =>
        draft.type === 'approval.decided'
          ? { ...draft, personal: { intent: { checkpoint: { size, root: '' } } } as unknown as JsonObject }
          : draft,
      );
    const check = async (size: number) =>
      verifyExport(
        (await exportOf([...own, ...chained('apr_1', deciding(size))])).lines,
        { log_key: LOG_KEY },
        nodeCrypto,
      );
    expect((await check(3)).valid).toBe(true);
    expect((await check(4)).claims.at(-1)).toMatchObject({ claim: 'standing', status: 'failed' });
  });

  it('of somebody who was locked and changed since is the operator’s word', async () => {
    const { valid, claims } = await saidOf({ before: [ended('member.locked', EARLIER), ended('member.updated')] });
    expect([valid, claims.map(({ status }) => status)]).toEqual([true, ['asserted']]);
  });

  it('with a passkey that no entry before it enrolled is refused', async () => {
    const events = history(2, { receipts: true });
    const unknown = [...events.filter(({ type }) => type !== 'passkey.registered')];
    const { lines } = await exportOf(unknown);
    expect((await verifyExport(lines, { log_key: LOG_KEY }, nodeCrypto)).claims.at(-1)).toMatchObject({
      ...{ claim: 'standing', status: 'failed', field: '/event/skeleton/passkey' },
    });
  });

  it('with a passkey that was enrolled for somebody else is refused', async () => {
    const anothers = ended('passkey.registered');
    const before = [{ ...anothers, skeleton: { ...anothers.skeleton, user: 'usr_9' } }];
    const drafts = draftsOf(WHOLE_LIFE, 'apr_1').map((draft) => {
      const { passkey_entry: _, ...uncited } = draft.skeleton;
      return draft.type === 'approval.decided' ? { ...draft, skeleton: uncited } : draft;
    });
    const own = history(0, { receipts: true, before });
    const { lines } = await exportOf([...own, ...chained('apr_1', drafts)]);
    expect((await verifyExport(lines, { log_key: LOG_KEY }, nodeCrypto)).claims.at(-1)).toMatchObject({
      ...{ claim: 'standing', status: 'failed', field: '/event/skeleton/passkey' },
    });
  });

  it('is only said to be so where the events are not proved to be all: the revocation may be left out', async () => {
    const { lines } = await exportOf(history(2, { receipts: true, before: [ended('passkey.revoked', EARLIER)] }));
    // Nobody needs a key for this: the last event of the organisation's own chain goes, and those after it move up.
    const cut = relined(lines, (record) => {
      if (record.export) record.export.events -= 1;
      if (record.receipt?.org_seq === 3) return null;
      if (record.receipt?.org_seq > 3) record.receipt.org_seq -= 1;
      return record;
    });
    const { valid, claims } = await verifyExport(cut, { log_key: LOG_KEY }, nodeCrypto);
    expect(valid).toBe(true);
    expect(claims.filter(({ claim }) => claim === 'standing')).toMatchObject([
      { status: 'asserted', detail: expect.stringContaining('give the link key') },
    ]);
    expect((await verifyExport(cut, PINNED, nodeCrypto)).claims.at(-1)).toMatchObject({ claim: 'link' });
  });
});
