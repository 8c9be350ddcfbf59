// Business time: what counts while people work, in their time zone, over weekends, days off and clock changes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TIMEOUT_SECONDS } from '../../core/policy/bounds.ts';
import { businessSeconds } from '../../core/policy/calendar/business.ts';
import { instantOf, wallTimeAt } from '../../core/policy/calendar/zone.ts';
import type { Calendar } from '../../core/policy/model.ts';
import { judge, parsePolicy, policyDigest } from '../../core/policy.ts';

const OFFICE: Calendar = {
  zone: 'Europe/Berlin',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '09:00',
  to: '17:00',
};
const ALWAYS: Calendar = {
  zone: 'Europe/Berlin',
  days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  from: '00:00',
  to: '24:00',
};
const HOUR = 3_600;
const ends = (calendar: Calendar, hours: number, now: string): string => {
  const from = Date.parse(now);
  return new Date(from + businessSeconds(calendar, hours * HOUR, from) * 1000).toISOString().slice(0, 16);
};

describe('business time', () => {
  it.each([
    // 2026-11-20 is a Friday; Berlin is at +01:00 then.
    ['inside one day', 4, '2026-11-20T09:00:00Z', '2026-11-20T13:00'],
    ['up to the minute at which work ends', 4, '2026-11-20T12:00:00Z', '2026-11-20T16:00'],
    ['over the evening', 4, '2026-11-19T14:00:00Z', '2026-11-20T10:00'],
    ['over the weekend', 4, '2026-11-20T15:30:00Z', '2026-11-23T11:30'],
    ['from before work begins', 1, '2026-11-20T03:00:00Z', '2026-11-20T09:00'],
    ['from a Sunday', 1, '2026-11-22T12:00:00Z', '2026-11-23T09:00'],
    ['over two weeks', 80, '2026-11-20T08:00:00Z', '2026-12-03T16:00'],
    // The clocks go back on Sunday 2026-10-25 and forward on Sunday 2026-03-29.
    ['over the end of summer time', 8, '2026-10-23T11:00:00Z', '2026-10-26T12:00'],
    ['over the start of summer time', 8, '2026-03-27T12:00:00Z', '2026-03-30T11:00'],
  ])('counts %s', (_what, hours, now, end) => {
    expect(ends(OFFICE, hours, now)).toBe(end);
  });

  it('stands still on days off', () => {
    const calendar = { ...OFFICE, holidays: ['2026-12-25', '2026-12-28'] };
    expect(ends(calendar, 4, '2026-12-24T14:00:00Z')).toBe('2026-12-29T10:00');
  });

  it.each([
    ['the day with 25 hours', '2026-10-25T00:00:00Z', 24, '2026-10-26T00:00'],
    ['the day with 23 hours', '2026-03-29T00:00:00Z', 24, '2026-03-30T00:00'],
  ])('is time that really passes, on %s too', (_what, now, hours, end) => {
    expect(ends(ALWAYS, hours, now)).toBe(end);
  });

  it('counts the hour that a night shift has more or less', () => {
    const night = { ...ALWAYS, from: '01:00', to: '05:00', days: ['sun'] as Calendar['days'] };
    expect(ends(night, 5, '2026-10-24T12:00:00Z')).toBe('2026-10-25T04:00');
    expect(ends(night, 3, '2026-03-28T12:00:00Z')).toBe('2026-03-29T03:00');
  });

  it('is that of the zone, not of the server', () => {
    const at = '2026-11-20T09:00:00Z';
    expect(ends({ ...OFFICE, zone: 'America/New_York' }, 1, at)).toBe('2026-11-20T15:00');
    expect(ends({ ...OFFICE, zone: 'Asia/Kolkata' }, 3, at)).toBe('2026-11-23T04:00');
    expect(ends({ ...OFFICE, zone: 'Pacific/Auckland' }, 1, at)).toBe('2026-11-22T21:00');
    expect(ends({ ...OFFICE, zone: 'UTC' }, 1, at)).toBe('2026-11-20T10:00');
  });

  it('never makes anybody wait longer than a month', () => {
    expect(businessSeconds({ ...OFFICE, days: ['mon'] }, 1_000 * HOUR, Date.parse('2026-11-20T09:00:00Z'))).toBe(
      MAX_TIMEOUT_SECONDS,
    );
  });

  it('of a zone that this host does not know is all time', () => {
    expect(businessSeconds({ ...OFFICE, zone: 'Mars/Olympus' }, 4 * HOUR, 0)).toBe(4 * HOUR);
  });

  it('of a calendar without a break is time by any clock, anywhere, at any moment', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kathmandu'),
        fc.integer({ min: Date.parse('2020-01-01T00:00:00Z'), max: Date.parse('2035-01-01T00:00:00Z') }),
        fc.integer({ min: 30, max: 20 * 24 * HOUR }),
        (zone, now, seconds) => businessSeconds({ ...ALWAYS, zone }, seconds, now) === seconds,
      ),
      { numRuns: 500 },
    );
  });

  it('is never shorter than time by any clock', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.parse('2020-01-01T00:00:00Z'), max: Date.parse('2035-01-01T00:00:00Z') }),
        fc.integer({ min: 30, max: 100 * HOUR }),
        (now, seconds) => businessSeconds(OFFICE, seconds, now) >= seconds,
      ),
      { numRuns: 500 },
    );
  });
});

describe('a wall clock', () => {
  it('shows what it is read back as, except in the hour that it skips', () => {
    const zone = 'Europe/Berlin';
    fc.assert(
      fc.property(fc.integer({ min: 26_000_000, max: 36_000_000 }), (minute) => {
        const ms = minute * 60_000;
        const again = instantOf(zone, wallTimeAt(zone, ms));
        return again === ms || again === ms - HOUR * 1000;
      }),
    );
    const skipped = { year: 2026, month: 3, day: 29, minutes: 150 };
    expect(new Date(instantOf(zone, skipped)).toISOString()).toBe('2026-03-29T01:30:00.000Z');
    const twice = { year: 2026, month: 10, day: 25, minutes: 150 };
    expect(new Date(instantOf(zone, twice)).toISOString()).toBe('2026-10-25T00:30:00.000Z');
  });
});

const CALENDARS = 'calendars: { office: { zone: Europe/Berlin, from: "09:00", to: "17:00" } }\n';
const FRIDAY = '2026-11-20T15:30:00.000Z';
const timeoutOf = (source: string, now = FRIDAY) => {
  const parsed = parsePolicy(CALENDARS + source);
  if (!parsed.ok) throw new Error(parsed.problem.detail);
  const input = { action: 'a', resource: 'r', actor: 'agent:a', params: {}, metadata: {}, context: null };
  return judge(parsed.value.policy, { ...input, claimed_risk: null }, { now, exhausted_patterns: [] }).timeout_seconds;
};
const problems = (source: string) => {
  const parsed = parsePolicy(source);
  if (parsed.ok) throw new Error('the policy was accepted');
  return parsed.problem.errors!;
};
const OVER_THE_WEEKEND = 68 * HOUR;

describe('a timeout in business time', () => {
  it('of a risk level counts for every rule of it', () => {
    expect(timeoutOf('risk: { medium: { timeout: { business: 4h, calendar: office } } }')).toBe(OVER_THE_WEEKEND);
  });

  it('of a rule ends no later than the time of its risk', () => {
    const rule = 'rules: [{ id: r, verdict: require_approval, timeout: { business: 4h, calendar: office } }]';
    expect(timeoutOf(rule)).toBe(12 * HOUR);
    expect(timeoutOf(`risk: { medium: { timeout: 5d } }\n${rule}`)).toBe(OVER_THE_WEEKEND);
    expect(timeoutOf(rule, '2026-11-20T09:00:00.000Z')).toBe(4 * HOUR);
  });

  it('stands in the compact form too', () => {
    const compact =
      'risk: { medium: { timeout: 5d } }\napproval: { tools: [a], timeout: { business: 4h, calendar: office } }';
    expect(timeoutOf(compact)).toBe(OVER_THE_WEEKEND);
  });

  it('is the shortest of several', () => {
    const rules = `risk: { high: { timeout: 5d } }
rules:
  - { id: broken, verdict: require_approval, when: param.x > 1, timeout: { business: 8h, calendar: office } }
  - { id: r, verdict: require_approval, timeout: { business: 4h, calendar: office } }`;
    expect(timeoutOf(rules)).toBe(OVER_THE_WEEKEND);
  });

  it.each([
    [
      'an unknown calendar',
      'risk: { low: { timeout: { business: 4h, calendar: ofice } } }',
      /no calendar "ofice".*mean "office"/,
    ],
    ['an unknown key', 'risk: { low: { timeout: { busines: 4h, calendar: office } } }', /Did you mean "business"/],
    ['too short a time', 'risk: { low: { timeout: { business: 5s, calendar: office } } }', /from 30 seconds/],
  ])('is refused for %s, at its place', (_what, source, says) => {
    expect(problems(CALENDARS + source)[0]).toMatchObject({ detail: expect.stringMatching(says), line: 2 });
  });
});

describe('a calendar', () => {
  it.each([
    ['an unknown zone', '{ zone: Europe/Berlinn, from: "09:00", to: "17:00" }', /A time zone is a name/],
    ['an offset for a zone', '{ zone: "+02:00", from: "09:00", to: "17:00" }', /A time zone is a name/],
    ['a day that is none', '{ zone: UTC, days: [monday], from: "09:00", to: "17:00" }', /must be sun, mon/],
    ['no day at all', '{ zone: UTC, days: [], from: "09:00", to: "17:00" }', /empty/],
    ['a time that is none', '{ zone: UTC, from: "9:00", to: "17:00" }', /A time of day is written/],
    ['an hour that is none', '{ zone: UTC, from: "09:00", to: "24:30" }', /A time of day is written/],
    ['a day that ends before it begins', '{ zone: UTC, from: "17:00", to: "09:00" }', /ends after it begins/],
    ['a date that is none', '{ zone: UTC, from: "09:00", to: "17:00", holidays: ["2026-02-30"] }', /must be a date/],
  ])('is refused for %s', (_what, office, says) => {
    expect(problems(`calendars:\n  office: ${office}`)[0]).toMatchObject({
      detail: expect.stringMatching(says),
      line: 2,
    });
  });

  it('that is not there leaves the digest of a document alone', () => {
    const digest = (source: string) => {
      const parsed = parsePolicy(source);
      return parsed.ok ? policyDigest(parsed.value.policy) : null;
    };
    expect(digest('calendars: {}\nparameters: []')).toBe(digest('version: 1'));
  });
});
