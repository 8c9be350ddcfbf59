// Whether whoever decided by a provider's token still could, by the order of the organisation's own events in its export.
import { describe, expect, it } from 'vitest';
import { base64url, hex, utf8 } from '../../core/encoding.ts';
import type { EventType } from '../../core/event-fields.ts';
import type { EventDraft } from '../../core/events.ts';
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
  WHOLE_LIFE,
} from '../support/ledger-export.ts';

/** All is sealed at ten. */
const [EARLIER, LATER] = ['2026-11-20T09:59:59.999Z', '2026-11-20T10:00:00.001Z'];
const [ISSUER, SETTINGS] = ['iss_1', `sha256:${'b'.repeat(64)}`];

const part = (value: object): string => base64url(utf8(JSON.stringify(value)));
const tokenOf = (sub: string): string => `${part({ alg: 'ES256' })}.${part({ sub })}.AAAA`;

const own = (type: EventType, skeleton: JsonObject, personal: JsonObject | null = null): EventDraft => ({
  ...ended('member.updated'),
  ...{ type, skeleton, personal },
});
const trusted = (more: JsonObject = {}) =>
  own('oidc_issuer.updated', { issuer: ISSUER, settings_digest: SETTINGS, removed: false, change: 'chg_1', ...more });
const linked = (subjects: string[] | null, change: string | null = 'chg_2') =>
  own(
    'member.updated',
    { user: 'usr_1', change },
    subjects && { name: 'Zoë', identities: subjects.map((subject) => ({ issuer: ISSUER, subject })) },
  );
const recovered = own('member.updated', { user: 'usr_1', change: null }, { name: 'Zoë' });

interface Vote {
  sub?: string | null;
  issued_at?: string;
  size?: number;
  skeleton?: JsonObject;
}

/** The life of a request that a token approved. */
function byToken({ sub = 'me', issued_at = EARLIER, size = 1, skeleton = {} }: Vote) {
  const drafts = draftsOf(WHOLE_LIFE, 'apr_1').map((draft) => {
    if (draft.type !== 'approval.decided') return draft;
    const { passkey: _, passkey_entry: __, ...rest } = draft.skeleton;
    const said = { ...rest, method: 'oidc', issuer: ISSUER, issuer_settings: SETTINGS, ...skeleton };
    const intent = { issued_at, checkpoint: { size, root: '' } };
    const personal = sub === null ? null : { token: tokenOf(sub), intent };
    return { ...draft, skeleton: said as JsonObject, personal: personal as JsonObject | null };
  });
  return chained('apr_1', drafts);
}

async function said(before: EventDraft[], vote: Vote = {}) {
  const { lines } = await exportOf([...history(0, { before }), ...byToken(vote)]);
  const { valid, claims } = await verifyExport(lines, { log_key: LOG_KEY, link_key: hex(LINK_KEY) }, nodeCrypto);
  const standing = claims.filter(({ claim }) => claim === 'standing');
  return { valid, field: standing[0]?.field, all: standing.map(({ status }) => status), detail: standing[0]?.detail };
}

const GONE = { valid: false, field: '/event/skeleton/reviewer', all: ['failed'] };
const [ours, others] = [linked(['me', 'me too']), linked(['somebody'], 'chg_3')];

describe('a decision by a token in an export of the whole organisation', () => {
  it('is proved to be of an identity that was linked, at a provider that was trusted', async () => {
    const proved = { valid: true, all: ['proved'], detail: expect.stringMatching(/^before 1 of 1 decisions.*linked/) };
    expect(await said([trusted(), ours])).toMatchObject(proved);
    expect(await said([trusted(), ours, recovered])).toMatchObject(proved);
    expect(await said([trusted(), ours, others, ours], { size: 20 })).toMatchObject(proved);
  });

  it('of an identity that was never linked, or to somebody else, is refused', async () => {
    expect(await said([trusted()])).toMatchObject(GONE);
    expect(await said([trusted(), others])).toMatchObject(GONE);
    expect(await said([trusted(), ours], { sub: 'nobody' })).toMatchObject(GONE);
    const foreign = { ...ours, skeleton: { user: 'usr_2', change: 'chg_2' } };
    expect(await said([trusted(), foreign])).toMatchObject(GONE);
  });

  it('under settings of the provider that no change fixed is refused', async () => {
    const field = '/event/skeleton/issuer_settings';
    expect(await said([ours])).toMatchObject({ valid: false, field });
    expect(await said([trusted({ settings_digest: 'sha256:other' }), ours])).toMatchObject({ valid: false, field });
    expect(await said([trusted({ removed: true }), ours])).toMatchObject({ valid: false, field });
  });

  it.each([
    ['the identity is unlinked', others, '/event/skeleton/reviewer'],
    ['the provider is removed', trusted({ removed: true }), '/event/skeleton/issuer_settings'],
    ['the provider has other settings', trusted({ settings_digest: 'sha256:x' }), '/event/skeleton/issuer_settings'],
  ])(
    'after %s is refused where the ceremony began later or knew it, else the operator’s word',
    async (_, end, field) => {
      const before = [trusted(), ours, end];
      expect(await said(before)).toMatchObject({ valid: true, all: ['asserted'] });
      expect(await said(before, { issued_at: LATER })).toMatchObject({ valid: false, field });
      expect(await said(before, { size: 20 })).toMatchObject({ valid: false, field });
    },
  );

  it.each(['member.locked', 'member.removed'] as const)('of a reviewer after %s is refused', async (type) => {
    expect(await said([trusted(), ours, ended(type, EARLIER)])).toMatchObject(GONE);
    expect(await said([trusted(), ours, ended(type, LATER)])).toMatchObject({ valid: true, all: ['asserted'] });
  });

  it('that is erased, or whose link is, cannot be replayed', async () => {
    expect(await said([trusted(), ours], { sub: null })).toMatchObject({ valid: true, all: ['not-replayable'] });
    expect(await said([trusted(), linked(null)])).toMatchObject({ valid: true, all: ['not-replayable'] });
    const gone = [trusted(), ours, ended('member.removed', EARLIER)];
    expect(await said(gone, { sub: null }), 'that somebody was removed is not erased').toMatchObject(GONE);
  });

  it('is refused where neither a token nor a passkey signs it', async () => {
    const none = { valid: false, field: '/event/skeleton/passkey' };
    expect(await said([trusted(), ours], { skeleton: { method: null } })).toMatchObject(none);
  });
});

describe('a reviewer who is locked by a signed change', () => {
  const changed = (locked: boolean, change: string) => [
    own('change.applied', { kind: 'member', target: 'usr_1', change }, { value: { locked } }),
    linked(['me'], change),
  ];

  it('decides nothing in a ceremony that began later, until another change', async () => {
    const before = [trusted(), ours, ...changed(true, 'chg_4')];
    expect(await said(before)).toMatchObject({ valid: true, all: ['asserted'] });
    expect(await said(before, { issued_at: LATER })).toMatchObject({
      ...GONE,
      detail: expect.stringMatching(/applied/),
    });
    const unlocked = [...before, ...changed(false, 'chg_5')];
    expect(await said(unlocked, { issued_at: LATER })).toMatchObject({ valid: true, all: ['asserted'] });
  });
});
