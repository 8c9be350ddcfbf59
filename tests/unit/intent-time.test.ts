// The time of a ceremony, as the organisation's object judges it: issued a short while ago, by a clock that may differ a
// little, and over after two minutes.
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/json.ts';
import { CLOCK_TOLERANCE_SECONDS, INTENT_LIFETIME_SECONDS } from '../../core/limits.ts';
import { inTime } from '../../durable-objects/organization/nonces.ts';

/** An intent issued and expiring so many seconds from now. */
const intent = (issued: number, expires: number, now_ms = Date.now()) => ({
  issued_at: new Date(now_ms + issued * 1_000).toISOString(),
  expires_at: new Date(now_ms + expires * 1_000).toISOString(),
});

describe('the time of an intent', () => {
  it.each([
    ['just issued', 0, INTENT_LIFETIME_SECONDS],
    ['nearly over', -INTENT_LIFETIME_SECONDS + 5, 5],
    ['issued by a clock that is ahead as far as clocks may be', CLOCK_TOLERANCE_SECONDS - 5, CLOCK_TOLERANCE_SECONDS],
  ])('is good: %s', (_why, issued, expires) => {
    expect(inTime(intent(issued, expires))).toEqual({ ok: true, value: undefined });
  });

  it.each([
    ['over', -INTENT_LIFETIME_SECONDS, -1, 'intent-expired'],
    ['longer than two minutes', 0, INTENT_LIFETIME_SECONDS + 5, 'intent-mismatch'],
    ['without any length', 10, 10, 'intent-mismatch'],
    ['over before it began', 10, 5, 'intent-mismatch'],
    ['issued in the future', CLOCK_TOLERANCE_SECONDS + 5, CLOCK_TOLERANCE_SECONDS + 10, 'intent-mismatch'],
  ])('is refused: %s', (_why, issued, expires, code) => {
    expect(inTime(intent(issued, expires))).toMatchObject({ ok: false, problem: { code } });
  });

  it.each<JsonObject>([{}, { issued_at: 'now', expires_at: 'then' }, { issued_at: 0, expires_at: 1 }])(
    'is refused: %j',
    (said) => {
      expect(inTime(said)).toMatchObject({ ok: false, problem: { code: 'intent-mismatch' } });
    },
  );
});
