// What the verifier believes before it reads: pinned from outside, or, where nothing was pinned, the bundle's own word
// with a warning. Nothing in a bundle replaces a pinned anchor.
import type { Anchors, EvidenceBundle } from './forms.ts';
import type { Tally } from './tally.ts';

export interface Pinned {
  organization: string;
  origin: string;
  rp_id: string;
  log_keys: readonly string[];
  /** Base64 SubjectPublicKeyInfo. */
  receipt_keys: readonly string[];
  witnesses: readonly string[];
  /** Null: any request will do. */
  request: string | null;
}

const listed = (given: string | readonly string[] | undefined): readonly string[] =>
  given === undefined ? [] : typeof given === 'string' ? [given] : given;

/** The anchors to verify under; each that is missing is taken on first use, and said. */
export function pinned(anchors: Anchors, bundle: EvidenceBundle, tally: Tally): Pinned {
  const { organization, hints } = bundle;
  const one = (what: string, given: string | undefined, hint: string): string => {
    if (given === undefined) tally.firstUse(what, hint);
    return given ?? hint;
  };
  const many = (what: string, given: string | readonly string[] | undefined, hint: string): readonly string[] => {
    const keys = listed(given);
    return keys.length > 0 ? keys : [one(what, undefined, hint)];
  };
  return {
    organization: one('organisation', anchors.organization, organization.id),
    origin: one('origin', anchors.origin, hints.origin),
    rp_id: one('relying party', anchors.rp_id, hints.rp_id),
    log_keys: logKeys(anchors, bundle, many),
    receipt_keys: many('receipt key', anchors.receipt_key, hints.receipt_key),
    ...{ witnesses: anchors.witnesses ?? [], request: anchors.request ?? null },
  };
}

type Many = (what: string, given: Anchors['log_key'], hint: string) => readonly string[];

/** Each shard of the log has a key under its own name. */
function logKeys({ log_key }: Anchors, { hints, shards = [] }: EvidenceBundle, many: Many): readonly string[] {
  if (listed(log_key).length > 0) return listed(log_key);
  const hinted = new Set([hints.log_key, ...shards.map((one) => one.log_key)]);
  return [...hinted].flatMap((key) => many('log key', undefined, key));
}
