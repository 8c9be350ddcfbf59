// What a forger does with a sample: every scalar, changed; the chain again with every commitment made to fit; and what no
// proof binds, because the report itself calls it asserted.
import { fromHex } from '../../../core/encoding.ts';
import { type RecordedEvent, recordEvent } from '../../../core/events.ts';
import type { Loose } from './samples.ts';

/** Every scalar of a value, by its path. */
export function* leaves(value: Loose, path: string[] = []): Generator<string[]> {
  if (typeof value !== 'object' || value === null) yield path;
  else for (const key of Object.keys(value)) yield* leaves(value[key], [...path, key]);
}

export const changed = (value: Loose): Loose => {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string' || value === '') return 'x';
  const last = value.at(-2) ?? '';
  return value.length > 1 ? `${value.slice(0, -2)}${last === '1' ? '2' : '1'}${value.at(-1)}` : `${value}1`;
};

/** What no proof binds, and the report calls asserted. Of the document: tests/support/request-loop.ts has the whole list. */
export const ASSERTED = [
  /^hints\//,
  /^organization_events\/\d+\/receipt\/(org_seq|sealed_at)$/,
  /^request\/(review_url|ledger\/pending|on_rejection)$/,
  /^request\/decisions\/\d+\/assurance\/backed_up$/,
];

/** The chain again with its skeletons changed, every commitment made to fit: an operator who lies. */
export function rewritten(bundle: Loose, change: (skeleton: Loose, at: number) => unknown): void {
  let prev: string | null = null;
  bundle.events.forEach((line: Loose, at: number) => {
    const { event }: { event: RecordedEvent } = line;
    const {
      v: _v,
      table: _t,
      id: _i,
      type: _y,
      organization: _o,
      object: _b,
      seq: _s,
      at: _a,
      by,
      prev: _p,
      personal: _q,
      ...skeleton
    } = event.skeleton as Loose;
    change(skeleton, at);
    const place = { ...event, seq: at + 1, prev, salt_skeleton: fromHex(event.salt_skeleton)! };
    const salt_personal = fromHex(event.salt_personal ?? event.salt_skeleton)!;
    line.event = recordEvent({ ...event, by, skeleton }, { ...place, salt_personal });
    prev = line.event.commit;
  });
}
