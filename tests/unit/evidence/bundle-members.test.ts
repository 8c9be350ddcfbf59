// Every member of a bundle beside the request's document, in goldens of what people sign in every way: altered, removed, renamed or joined by
// another, it is found. The document's own members are request-members.test.ts's.
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../core/json.ts';
import { mutations } from '../../support/request-loop.ts';
import { anchorsOf, forged, type Loose, type Sample, textOf, verify } from './samples.ts';

const KINDS: Sample[] = ['delegated', 'broken-glass', 'oidc'];

/** Anchors replace them; where one is not given, the report says that the file's own was taken. */
const HINT = /^hints\//;
/** The operator's word on an entry of the organisation: no leaf holds it, and the document does not repeat it. */
const WORD = /^organization_events\/\d+\/receipt\/(org_seq|sealed_at)$/;
/** Whatever an event commits to is one text to its commitment: the parts of the first event stand for all. */
const DEEP =
  /^(organization_)?events\/(\d+\/event\/(skeleton|personal)\/[^/]+\/.|[1-9]\d*\/event\/(skeleton|personal)\/)/;

const isTried = (path: readonly string[]): boolean => {
  const name = path.join('/');
  const later = path.some((part, at) => /^\d+$/.test(part) && Number(part) > 1 && path[at - 1] !== 'events');
  return !['format', 'digest'].includes(path[0]!) && !later && !HINT.test(name) && !DEEP.test(name);
};

describe('every member of a bundle', () => {
  it.each(KINDS)('of %s is found when it is changed, or is what anchors replace', async (sample) => {
    const anchors = anchorsOf(sample);
    const { request, ...rest } = JSON.parse(textOf(sample)) as { request: Json } & JsonObject;
    const passing: string[] = [];
    const seen = new Map<string, number>();
    for (const { what, path, request: mutated } of mutations(rest, isTried)) {
      const name = path.join('/');
      const times = (seen.get(name) ?? 0) + 1;
      seen.set(name, times);
      // One other value and every change of the member itself.
      if (what.startsWith('altered') && times > 1) continue;
      const text = forged(sample, (bundle: Loose) => {
        for (const member of Object.keys(bundle)) delete bundle[member];
        Object.assign(bundle, mutated, { request });
      });
      const { valid, complete } = await verify(text, anchors);
      // A part that is taken out whole is withheld: nothing fails, and it does not prove what it needs.
      if (valid && complete && !WORD.test(name)) passing.push(`${name} ${what}`);
    }
    expect(passing).toEqual([]);
  });
});
