// One bundle under examination: the bundle, what is believed from outside, what the first checks established, and the
// parts of the request's history that every later check reads. Built once; checks only read it and speak to the tally.
import type { JsonObject } from '../json.ts';
import { type Checkpoint, type NoteKey, shardOf } from '../ledger.ts';
import type { Life } from '../lifecycle.ts';
import type { Needed } from '../requirement.ts';
import type { Pinned } from './anchors.ts';
import type { EvidenceBundle, EvidenceCrypto, EvidenceLine } from './forms.ts';
import type { PolicyJudge } from './judging.ts';
import type { Tally } from './tally.ts';

/** A checkpoint that a pinned key signed. */
export interface Tree {
  checkpoint: Checkpoint;
  log_key: NoteKey;
  note: string;
}

export interface Case {
  bundle: EvidenceBundle;
  pinned: Pinned;
  crypto: EvidenceCrypto;
  /** Absent: what policy said is the operator's word. */
  judge?: PolicyJudge;
  tally: Tally;
  /** By shard; one is missing when no pinned key signed its checkpoint: then nothing is in it. */
  trees: ReadonlyMap<number, Tree>;
  /** At the end of the replay; null when the history is illegal. */
  life: Life | null;
  birth: Birth;
  votes: EvidenceLine[];
}

/** The proposal: its digests stay, its contents may be erased. */
export interface Birth {
  line: EvidenceLine;
  skeleton: JsonObject;
  personal: JsonObject | null;
  /** Null where policy asked nobody. */
  requirement: (Needed & { verify: string; require: { approve: string[]; reject: string[] } }) | null;
}

/** The tree that an index, or a size, counts in; both across shards. */
export const treeOf = ({ trees }: Case, index: number): Tree | null => trees.get(shardOf(index)) ?? null;

const VOTES: readonly string[] = ['approval.decided', 'approval.vote_recorded'];

/** Events of people's decisions, in order; what policy decided is none. */
export const votesOf = ({ events }: EvidenceBundle): EvidenceLine[] =>
  events.filter(({ event }) => VOTES.includes(event.type) && event.skeleton.command !== 'propose');

/** @throws when the first event is no proposal: then there is nothing to examine */
export function birthOf({ events: [line] }: EvidenceBundle): Birth {
  if (line?.event.type !== 'approval.requested') throw new Error('the first event is no approval.requested');
  const { skeleton, personal } = line.event;
  return { line, skeleton, personal, requirement: skeleton.requirement as Birth['requirement'] & JsonObject };
}

/** The first event of a type in the request's chain. */
export const lineOf = ({ bundle }: Case, type: string): EvidenceLine | undefined =>
  bundle.events.find(({ event }) => event.type === type);

/** Where an event stands in the bundle, as a JSON Pointer. */
export const pointerTo = ({ bundle }: Case, line: EvidenceLine, rest: string): string => {
  const at = bundle.events.indexOf(line);
  const place = at >= 0 ? `/events/${at}` : `/organization_events/${bundle.organization_events.indexOf(line)}`;
  return `${place}${rest}`;
};
