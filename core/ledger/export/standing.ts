// Whether who decided could still decide, by the organisation's own events: the passkey was enrolled for the reviewer by
// the entry that the decision cites, or the provider's settings were in force that it names, and neither was revoked nor
// the reviewer (nor who lent the right) locked or removed before the decision in the order of the ledger. Roles, groups
// and links to a provider are the snapshot's: evidence/eligibility.ts.
import type { RecordedEvent } from '../../events.ts';
import type { EvidenceClaim } from '../../evidence/forms.ts';
import type { JsonObject } from '../../json.ts';
import { type LineFault, lineFault } from './fault.ts';

/** What ended somebody's or some key's right to decide. */
interface End {
  type: string;
  index: number;
  at: string;
  /** Changed since: a lock may have been lifted by it. */
  changed?: true;
}

const bad = (field: string, detail: string): LineFault => lineFault('standing', `/event/skeleton/${field}`, detail);

export class Standing {
  readonly #enrolled = new Map<string, { user: string; index: number }>();
  /** Settings that a signed change fixed, `issuer digest`. */
  readonly #issuers = new Set<string>();
  /** By user, passkey, provider or delegation. */
  readonly #ended = new Map<string, End>();
  readonly #count = { decisions: 0, crossed: 0, unlocked: 0 };

  /** Takes the next event of the organisation. @returns what does not hold about a decision */
  take({ type, skeleton, at, personal }: RecordedEvent, index: number): LineFault | null {
    const signs = typeof skeleton.passkey === 'string' || skeleton.method === 'oidc';
    if (typeof skeleton.reviewer === 'string' && signs) return this.#decided(skeleton, { type, index, at }, personal);
    if (type === 'oidc_issuer.updated') this.#provider(skeleton, { type, index, at });
    const { user, passkey } = skeleton as Record<string, string>;
    if (type === 'passkey.registered') this.#enrolled.set(passkey!, { user: user!, index });
    else if (type === 'passkey.revoked') this.#ended.set(passkey!, { type, index, at });
    else if (type === 'member.locked' || type === 'member.removed') this.#ended.set(user!, { type, index, at });
    else if (type === 'delegation.ended') this.#ended.set(skeleton.delegation as string, { type, index, at });
    else if (type === 'member.updated' && this.#ended.get(user!)?.type === 'member.locked')
      this.#ended.get(user!)!.changed = true;
    return null;
  }

  #provider({ issuer, settings_digest, removed }: JsonObject, end: End): void {
    if (removed === true) this.#ended.set(issuer as string, end);
    else this.#ended.delete(issuer as string);
    this.#issuers.add(`${issuer} ${settings_digest}`);
  }

  /** The key or provider was there before; null when it was. */
  #unknown({ method, issuer, issuer_settings, reviewer, passkey, passkey_entry }: JsonObject): LineFault | null {
    if (method === 'oidc')
      return this.#issuers.has(`${issuer} ${issuer_settings}`)
        ? null
        : bad('issuer', `no entry before this made ${issuer} a provider with these settings`);
    const key = this.#enrolled.get(passkey as string);
    // Reviews of an emergency use cite no entry.
    const cited = passkey_entry === undefined || key?.index === passkey_entry;
    if (key?.user === reviewer && cited) return null;
    return bad('passkey', `${passkey} was not enrolled for ${reviewer} by entry ${passkey_entry} before this`);
  }

  #decided(skeleton: JsonObject, decision: End, personal: JsonObject | null): LineFault | null {
    this.#count.decisions += 1;
    const unknown = this.#unknown(skeleton);
    if (unknown !== null) return unknown;
    for (const [field, who] of rightsOf(skeleton)) {
      const end = this.#ended.get(who);
      if (end === undefined) continue;
      if (end.changed) this.#count.unlocked += 1;
      else if (isLater(decision, end, personal))
        return bad(field, `${who} decided after entry ${end.index}, ${end.type}`);
      else this.#count.crossed += 1;
    }
    return null;
  }

  /**
   * What is so of all decisions; none where nobody decided.
   *
   * @param linked whether the chain of links was proved: without it, whoever hands the export over can have left out the
   *   organisation's last events, and what ended a right may be among them
   */
  claims(linked: boolean): EvidenceClaim[] {
    const { decisions, crossed, unlocked } = this.#count;
    const claim = (status: EvidenceClaim['status'], detail: string) => ({ claim: 'standing', status, detail });
    const sound = decisions - crossed - unlocked;
    const proved = `before ${sound} of ${decisions} decisions, in the order of the ledger, the passkey was enrolled (or the provider trusted) and not revoked, and the reviewer neither locked nor removed`;
    return [
      ...(sound > 0 ? [linked ? claim('proved', proved) : claim('asserted', `${proved}; ${UNLINKED}`)] : []),
      ...(crossed > 0 ? [claim('asserted', `${crossed} ${CROSSED}`)] : []),
      ...(unlocked > 0 ? [claim('asserted', `${unlocked} ${UNLOCKED}`)] : []),
    ];
  }
}

/** All that must stand: the key or provider, the person, and for a delegated vote the delegation and who lent it. */
function rightsOf({ method, issuer, passkey, reviewer, delegation }: JsonObject): [field: string, id: string][] {
  const own: [string, string][] = [
    method === 'oidc' ? ['issuer', issuer as string] : ['passkey', passkey as string],
    ['reviewer', reviewer as string],
  ];
  const { id, from } = (delegation ?? {}) as { id?: string; from?: string };
  return id === undefined ? own : [...own, ['delegation', id], ['delegation/from', from!]];
}

const UNLINKED = 'give the link key to have proved that no such event is left out';
const CROSSED = 'decisions were sealed after their passkey or reviewer was stopped; that they were made before is said';
const UNLOCKED = 'decisions are of reviewers who had been locked and changed since; that this unlocked them is said';

/**
 * Whether a decision that is sealed after an end was also made after it. Two objects seal on their own, so that one made
 * just before can be sealed just after: then its time is not later, and its signer did not know a head with the end in it.
 */
function isLater(decision: End, end: End, personal: JsonObject | null): boolean {
  const intent = personal?.intent as { checkpoint?: { size?: unknown } } | undefined;
  const known = intent?.checkpoint?.size;
  return decision.at > end.at || (typeof known === 'number' && known > end.index);
}
