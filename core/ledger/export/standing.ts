// Whether who decided could still decide, by the organisation's own events: the passkey was enrolled for the reviewer by
// the entry that the decision cites, and neither it was revoked nor the reviewer (nor who lent the right) locked or
// removed before the decision in the order of the ledger; for a token, links.ts. Roles and groups are the snapshot's:
// evidence/eligibility.ts.
import type { RecordedEvent } from '../../events.ts';
import type { EvidenceClaim } from '../../evidence/forms.ts';
import type { JsonObject } from '../../json.ts';
import { type End, isLater } from './end.ts';
import { type LineFault, lineFault } from './fault.ts';
import type { ExportReceipt } from './format.ts';
import { Links } from './links.ts';

const bad = (field: string, detail: string): LineFault => lineFault('standing', `/event/skeleton/${field}`, detail);

type Place = Pick<ExportReceipt, 'index' | 'sealed_at'>;

export class Standing {
  readonly #enrolled = new Map<string, { user: string; index: number }>();
  /** By user, passkey or delegation. */
  readonly #ended = new Map<string, End>();
  readonly #links = new Links();
  readonly #count = { decisions: 0, crossed: 0, unlocked: 0, tokens: 0, erased: 0 };

  /** Takes the next event of the organisation. @returns what does not hold about a decision */
  take(event: RecordedEvent, place: Place): LineFault | null {
    const { skeleton } = event;
    if (typeof skeleton.reviewer !== 'string') {
      this.#happened(event, place);
      return null;
    }
    if (typeof skeleton.passkey === 'string') return this.#byPasskey(event, skeleton.passkey);
    if (skeleton.method === 'oidc') return this.#byToken(event);
    return typeof skeleton.decision === 'string'
      ? bad('passkey', `neither a passkey nor a token signs what ${skeleton.reviewer} decided`)
      : null;
  }

  #happened({ type, skeleton, at, personal }: RecordedEvent, { index, sealed_at }: Place): void {
    const { user, passkey } = skeleton as Record<string, string>;
    if (type === 'passkey.registered') this.#enrolled.set(passkey!, { user: user!, index });
    else if (type === 'passkey.revoked') this.#ended.set(passkey!, { type, index, at });
    else if (type === 'member.locked' || type === 'member.removed') this.#ended.set(user!, { type, index, at });
    else if (type === 'delegation.ended') this.#ended.set(skeleton.delegation as string, { type, index, at });
    else if (type === 'change.applied') this.#changed(skeleton, personal, { type, index, at: sealed_at });
    else if (type === 'member.updated') {
      const lock = this.#ended.get(user!);
      const own = lock?.change !== undefined && lock.change === skeleton.change;
      if (lock && lock.type !== 'member.removed' && !own) lock.unlocked = true;
      this.#links.member(skeleton, personal, { type, index, at: sealed_at, change: String(skeleton.change) });
    } else if (type === 'oidc_issuer.updated') this.#links.issuer(skeleton, { type, index, at: sealed_at, change: '' });
  }

  /** A lock can be a change, too, which only its value says. */
  #changed({ kind, target, change }: JsonObject, personal: JsonObject | null, end: End): void {
    const value = personal?.value as JsonObject | undefined;
    if (kind === 'member' && value?.locked === true && this.#ended.get(target as string)?.type !== 'member.removed')
      this.#ended.set(target as string, { ...end, change: change as string });
  }

  #byPasskey(event: RecordedEvent, passkey: string): LineFault | null {
    const { reviewer, passkey_entry } = event.skeleton;
    this.#count.decisions += 1;
    const key = this.#enrolled.get(passkey);
    // Reviews of an emergency use cite no entry.
    const cited = passkey_entry === undefined || key?.index === passkey_entry;
    if (key?.user !== reviewer || !cited)
      return bad('passkey', `${passkey} was not enrolled for ${reviewer} by entry ${passkey_entry} before this`);
    return this.#against(event, [['passkey', passkey, this.#ended.get(passkey)]]);
  }

  #byToken(event: RecordedEvent): LineFault | null {
    this.#count.tokens += 1;
    const link = this.#links.of(event);
    if (link === 'erased') this.#count.erased += 1;
    else if ('claim' in link) return link;
    return this.#against(event, link === 'erased' ? [] : link.ends);
  }

  /** The first end of what the decision rests on that came before it; one that may have come after is counted. */
  #against(event: RecordedEvent, own: readonly Right[]): LineFault | null {
    const { reviewer, delegation } = event.skeleton as { reviewer: string; delegation?: { id: string; from: string } };
    const rights: Right[] = [...own, ['reviewer', reviewer, this.#ended.get(reviewer)]];
    if (delegation !== undefined)
      for (const [field, who] of [
        ['delegation', delegation.id],
        ['delegation/from', delegation.from],
      ] as const)
        rights.push([field, who, this.#ended.get(who)]);
    let found: 'crossed' | 'unlocked' | null = null;
    for (const [field, who, end] of rights) {
      if (end === undefined) continue;
      if (end.unlocked) found = 'unlocked';
      else if (isLater(event, end)) return bad(field, `${who} decided after entry ${end.index}, ${end.type}`);
      else found ??= 'crossed';
    }
    if (found !== null) this.#count[found] += 1;
    return null;
  }

  /**
   * What is so of all decisions; none where nobody decided.
   *
   * @param whole whether the chain of links was proved: without it, whoever hands the export over can have left out the
   *   organisation's last events, and what ended a right may be among them
   */
  claims(whole: boolean): EvidenceClaim[] {
    const { decisions, crossed, unlocked, tokens, erased } = this.#count;
    const claim = (status: EvidenceClaim['status'], detail: string) => ({ claim: 'standing', status, detail });
    const all = decisions + tokens;
    const sound = all - crossed - unlocked - erased;
    const proved = `before ${sound} of ${all} decisions, in the order of the ledger, ${what(decisions, tokens)}, and the reviewer neither locked nor removed`;
    return [
      ...(sound > 0 ? [whole ? claim('proved', proved) : claim('asserted', `${proved}; ${UNLINKED}`)] : []),
      ...(crossed > 0 ? [claim('asserted', `${crossed} ${CROSSED}`)] : []),
      ...(unlocked > 0 ? [claim('asserted', `${unlocked} ${UNLOCKED}`)] : []),
      ...(erased > 0 ? [claim('not-replayable', `${erased} ${ERASED}`)] : []),
    ];
  }
}

/** What must stand: the field of the skeleton that names it, whose or which it is, and what ended it. */
export type Right = readonly [field: string, id: string, end: End | undefined];

const KEYS = 'the passkey was enrolled and not revoked';
const TOKENS = 'the identity was linked to the reviewer and its provider trusted under the settings named';
const what = (decisions: number, tokens: number): string =>
  tokens === 0 ? KEYS : decisions === 0 ? TOKENS : `${KEYS}, or ${TOKENS}`;
const UNLINKED = 'give the link key to have proved that no such event is left out';
const CROSSED = 'decisions were sealed after their passkey or reviewer was stopped; that they were made before is said';
const UNLOCKED = 'decisions are of reviewers who had been locked and changed since; that this unlocked them is said';
const ERASED = 'decisions are by tokens that are erased, or links that are: whose they were is not replayable here';
