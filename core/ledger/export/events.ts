// An export's events against the tiles, the organisation's chain, each object's chain, and the lifecycle table. It
// recomputes every commitment; what it does not say is whether a later event exists: that is the audit over all leaves.
import { hmacSha256 } from '#sha256';
import { equalBytes, fromHex, hex, utf8 } from '../../encoding.ts';
import type { RecordedEvent } from '../../events.ts';
import type { JsonObject } from '../../json.ts';
import { Replaying } from '../../replay.ts';
import { eventLeafHash, linkOf, NOTHING_BEFORE } from '../leaf.ts';
import { leafHash } from '../tree.ts';
import { lineFault as fault, type LineFault } from './fault.ts';
import type { ExportDecision, ExportReceipt } from './format.ts';
import type { EventLine } from './line.ts';
import type { ShardTiles } from './tiles.ts';

/** What the chains are checked with. */
export interface ExportScope {
  organization: string;
  tiles: ShardTiles;
  /** K_org; null: places in the organisation's chain stay the operator's word. */
  link_key: Uint8Array | null;
}

const SALT_BYTES = 32;

export class ExportEvents {
  readonly #scope: ExportScope;
  readonly #lives = new Map<string, Replaying>();
  readonly #organization = { seq: 0, commit: null as string | null };
  #last = { event: null as RecordedEvent | null, index: -1, org_seq: 0, hash: NOTHING_BEFORE };
  #receipted = false;

  constructor(scope: ExportScope) {
    this.#scope = scope;
  }

  /** The place of the last event that was taken, from 1. */
  get org_seq(): number {
    return this.#last.org_seq;
  }

  /** Takes the next event. @returns the first thing that does not hold; nothing more may be taken after it */
  take(line: EventLine): LineFault | null {
    const { salt_skeleton, salt_personal, skeleton_text, personal_text } = line;
    const skeleton = commitmentOf(salt_skeleton, skeleton_text);
    if (skeleton === null) return fault('commitment', '/event/salt_skeleton', 'a salt is 32 bytes of lower-case hex');
    const personal = salt_personal === null ? null : commitmentOf(salt_personal, personal_text);
    return (
      this.#order(line.receipt) ??
      personalFault(line, personal) ??
      this.#sealed(skeleton, line.receipt) ??
      this.#chained(recorded(line, hex(skeleton)))
    );
  }

  /** The last event that was taken. */
  get last(): RecordedEvent | null {
    return this.#last.event;
  }

  /** A decision receipt's leaf: once, after the event that names it. */
  decision({ event, index, leaf }: ExportDecision): LineFault | null {
    if (event !== this.last?.id || this.#receipted)
      return fault('order', '/decision/event', 'one decision receipt follows the event that it belongs to');
    this.#receipted = true;
    const hash = this.#scope.tiles.leafHash(index);
    return hash !== null && equalBytes(hash, leafHash(utf8(leaf)))
      ? null
      : fault('inclusion', '/decision/leaf', `entry ${index} of the log is not this decision receipt`);
  }

  /** Requests whose last step is cut off. */
  *cut(): Generator<{ object: string; detail: string }> {
    for (const [object, life] of this.#lives) {
      const detail = life.cut();
      if (detail !== null) yield { object, detail };
    }
  }

  #order({ org_seq, index }: ExportReceipt): LineFault | null {
    const last = this.#last;
    if (org_seq !== last.org_seq + 1)
      return fault('order', '/receipt/org_seq', `place ${last.org_seq + 1} is missing: this is place ${org_seq}`);
    if (Number.isSafeInteger(index) && index > last.index) return null;
    return fault('order', '/receipt/index', `entry ${index} cannot come after entry ${last.index}`);
  }

  /** The leaf is in the tree, and links to the organisation's leaf before. */
  #sealed(commit: Uint8Array, { index, link: text, org_seq }: ExportReceipt): LineFault | null {
    const link = fromHex(text);
    if (link?.length !== 32) return fault('shape', '/receipt/link', 'a link is 32 bytes of lower-case hex');
    const hash = eventLeafHash(commit, link);
    const proved = this.#scope.tiles.leafHash(index);
    if (proved === null) return fault('inclusion', '/receipt/index', `no tile of this export proves entry ${index}`);
    if (!equalBytes(proved, hash))
      return fault('inclusion', '/event/skeleton', `entry ${index} of the log is not this event`);
    const { link_key } = this.#scope;
    const place = { seq: org_seq, previous: this.#last.hash, commit };
    if (link_key !== null && !equalBytes(linkOf(link_key, place), link))
      return fault('link', '/receipt/link', `place ${org_seq} does not link to place ${org_seq - 1}: one was left out`);
    this.#last = { event: null, index, org_seq, hash };
    this.#receipted = false;
    return null;
  }

  #chained(event: RecordedEvent): LineFault | null {
    if (event.organization !== this.#scope.organization)
      return fault('chain', '/event/skeleton/organization', `this is an event of ${event.organization}`);
    this.#last.event = event;
    if (event.object === event.organization) return this.#ofOrganization(event);
    const life = this.#lives.get(event.object) ?? new Replaying();
    this.#lives.set(event.object, life);
    const reason = life.next(event);
    return reason === null ? null : fault('lifecycle', '/event/skeleton', `${event.object}: ${reason}`);
  }

  #ofOrganization({ seq, skeleton, commit }: RecordedEvent): LineFault | null {
    const own = this.#organization;
    if (seq !== own.seq + 1 || skeleton.prev !== own.commit)
      return fault(
        'chain',
        '/event/skeleton/seq',
        `the organisation's event ${own.seq + 1} should be here, not ${seq}`,
      );
    Object.assign(own, { seq, commit });
    return null;
  }
}

function personalFault({ skeleton, personal, salt_personal }: EventLine, commit: Uint8Array | null): LineFault | null {
  const erased = personal === null && salt_personal === null;
  if (erased || (commit !== null && hex(commit) === skeleton.personal)) return null;
  return fault('commitment', '/event/personal', 'the personal part is not the one that the skeleton commits to');
}

/** HMAC of a part's text under its salt; null where the salt is none. */
function commitmentOf(salt: string, text: string): Uint8Array | null {
  const key = typeof salt === 'string' ? fromHex(salt) : null;
  return key?.length === SALT_BYTES ? hmacSha256(key, text) : null;
}

/** The event as it was recorded: the skeleton says it all. */
function recorded({ skeleton, personal, salt_skeleton, salt_personal }: EventLine, commit: string): RecordedEvent {
  const { id, type, organization, object, seq, at } = skeleton as JsonObject & RecordedEvent;
  return { id, type, organization, object, seq, at, skeleton, personal, salt_skeleton, salt_personal, commit };
}
