import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../../core/canonical.ts';
import { fromHex, hex } from '../../core/encoding.ts';
import { EVENT_FIELDS, EVENT_TYPES } from '../../core/event-fields.ts';
import { type EventDraft, type EventPlace, faultOfEvent, type RecordedEvent, recordEvent } from '../../core/events.ts';
import type { Json, JsonObject } from '../../core/json.ts';

const DRAFT: EventDraft = {
  ...{ type: 'approval.commented', at: '2026-03-01T12:00:00.000Z', by: 'usr_1' },
  skeleton: { step: 2, command: 'comment', facts: { verdict: null }, from: 'pending', to: 'pending' },
  personal: { comment: 'looks fine', author_name: 'Dana', ip: '192.0.2.1' },
};
const place = (fill = 1): EventPlace => ({
  ...{ id: 'evt_1', organization: 'org_1', object: 'org_1/apr_1', seq: 2, prev: 'ab'.repeat(32) },
  ...{ salt_skeleton: new Uint8Array(32).fill(fill), salt_personal: new Uint8Array(32).fill(fill + 1) },
});
const EVENT = recordEvent(DRAFT, place());

const mac = (salt: Uint8Array, value: Json): string =>
  createHmac('sha256', salt).update(canonicalize(value)).digest('hex');

/** The value with one character (of a text), digit (of a number), flag or name changed, at every place of it. */
function* flips(value: Json): Generator<Json> {
  if (typeof value === 'string') {
    yield value === '' ? 'x' : '';
    for (let at = 0; at < value.length; at++)
      yield value.slice(0, at) + String.fromCharCode(value.charCodeAt(at) ^ 1) + value.slice(at + 1);
  } else if (typeof value === 'number') yield value + 1;
  else if (typeof value === 'boolean') yield !value;
  else if (value === null) yield 0;
  else if (Array.isArray(value)) yield [...value, null];
  else {
    yield { ...value, more: null };
    for (const [key, member] of Object.entries(value)) {
      for (const flipped of flips(member)) yield { ...value, [key]: flipped };
      const { [key]: _, ...less } = value;
      yield less;
    }
  }
}

describe('a recorded event', () => {
  it('commits to the skeleton, and the skeleton to the personal part, each under its own salt', () => {
    expect(EVENT.skeleton.personal).toBe(mac(place().salt_personal, DRAFT.personal!));
    expect(EVENT.commit).toBe(mac(place().salt_skeleton, EVENT.skeleton));
    expect(EVENT.skeleton).toMatchObject({ v: 1, table: 1, id: 'evt_1', seq: 2, by: 'usr_1', prev: 'ab'.repeat(32) });
    expect(JSON.stringify(EVENT.skeleton)).not.toContain('Dana');
    expect(faultOfEvent(EVENT)).toBeNull();
  });

  it('shows nothing of its contents to who has only the commitment: another salt is another commitment', () => {
    expect(recordEvent(DRAFT, place(9)).commit).not.toBe(EVENT.commit);
  });

  it('stays valid when its personal part is erased with its salt, and only then', () => {
    expect(faultOfEvent({ ...EVENT, personal: null, salt_personal: null })).toBeNull();
    expect(faultOfEvent({ ...EVENT, salt_personal: null })).toBe('personal');
    expect(faultOfEvent({ ...EVENT, personal: null })).toBe('salt_personal');
  });

  it('without a personal part has none to be smuggled in', () => {
    const bare = recordEvent({ ...DRAFT, personal: null }, place());
    expect(bare).toMatchObject({ personal: null, salt_personal: null, skeleton: { personal: null } });
    expect(faultOfEvent(bare)).toBeNull();
    expect(faultOfEvent({ ...bare, personal: {}, salt_personal: EVENT.salt_personal })).toBe('personal');
    expect(faultOfEvent({ ...bare, personal: {} })).toBe('personal');
  });

  it('is the same in whatever order its keys come', () => {
    const reversed = (part: JsonObject) => Object.fromEntries(Object.entries(part).reverse());
    const other = { ...EVENT, skeleton: reversed(EVENT.skeleton), personal: reversed(EVENT.personal!) };
    expect(faultOfEvent(other)).toBeNull();
  });

  it('names a fault for every change of a single character anywhere', () => {
    let tried = 0;
    for (const flipped of flips(EVENT as unknown as JsonObject) as Generator<JsonObject>) {
      if (Object.keys(flipped).length !== Object.keys(EVENT).length) continue;
      tried += 1;
      expect(faultOfEvent(flipped as unknown as RecordedEvent), JSON.stringify(flipped)).not.toBeNull();
    }
    expect(tried).toBeGreaterThan(500);
  });

  it('takes only salts of 32 bytes in lower-case hex: HMAC would pad a longer one to the same', () => {
    for (const salt of [
      `${EVENT.salt_skeleton}00`,
      EVENT.salt_skeleton.slice(2),
      'zz',
      '',
      EVENT.salt_skeleton.toUpperCase(),
    ]) {
      if (salt === EVENT.salt_skeleton) continue;
      expect(faultOfEvent({ ...recordEvent(DRAFT, place(0xab)), salt_skeleton: salt })).toBe('commit');
    }
    const padded = `${EVENT.salt_personal}00`;
    expect(mac(fromHex(padded)!, EVENT.personal!), 'this is why').toBe(EVENT.skeleton.personal);
    expect(faultOfEvent({ ...EVENT, salt_personal: padded })).toBe('personal');
  });

  it('has no field that its table does not name: what is erasable must be known', () => {
    expect(() => recordEvent({ ...DRAFT, skeleton: { comment: 'x' } }, place())).toThrow(/comment/);
    expect(() => recordEvent({ ...DRAFT, personal: { passport: 'x' } }, place())).toThrow(/passport/);
  });

  it('holds for every type and any contents', () => {
    const arbitrary = fc.record({
      type: fc.constantFrom(...EVENT_TYPES),
      value: fc.jsonValue() as fc.Arbitrary<Json>,
      salts: fc.uint8Array({ minLength: 64, maxLength: 64 }),
      seq: fc.integer({ min: 1, max: 1_000 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ type, value, salts, seq }) => {
        if (!JSON.stringify(value).isWellFormed()) return;
        const fields: { skeleton: readonly string[]; personal: readonly string[] } = EVENT_FIELDS[type];
        const filled = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, value]));
        const draft = { ...DRAFT, type, skeleton: filled(fields.skeleton), personal: filled(fields.personal) };
        const salt = { salt_skeleton: salts.slice(0, 32), salt_personal: salts.slice(32) };
        const event = recordEvent(draft, { ...place(), ...salt, seq });
        expect(faultOfEvent(JSON.parse(JSON.stringify(event)))).toBeNull();
        expect(faultOfEvent({ ...event, personal: null, salt_personal: null })).toBeNull();
        expect(faultOfEvent({ ...event, seq: seq + 1 })).toBe('skeleton.seq');
        expect(event.commit).toMatch(/^[0-9a-f]{64}$/);
        expect(event.salt_skeleton).toBe(hex(salt.salt_skeleton));
      }),
    );
  });
});

describe('the fields of events', () => {
  it('never shadow what every event has', () => {
    const common = ['v', 'table', 'id', 'type', 'organization', 'object', 'seq', 'at', 'by', 'prev', 'personal'];
    const shadowing = EVENT_TYPES.filter((type) =>
      (EVENT_FIELDS[type].skeleton as readonly string[]).some((field) => common.includes(field)),
    );
    expect(shadowing).toEqual([]);
  });

  it('have one meaning each: none is named twice in a type', () => {
    for (const type of EVENT_TYPES) {
      const all = [...EVENT_FIELDS[type].skeleton, ...EVENT_FIELDS[type].personal];
      expect(new Set(all).size, type).toBe(all.length);
    }
  });
});
