// Whether a change of one setting widens what is allowed or who may decide. On purpose one-sided: `narrows` is said only
// where it is certain, and what cannot be told is `unclear`, which people are shown like a widening.
import type {
  BusinessTime,
  CapabilitySettings,
  Match,
  RequiredEvidence,
  Rule,
  Stage,
  Trusted,
  Verdict,
} from '../model.ts';
import { EDITS, ENFORCEMENTS, RISK_LEVELS, SEPARATIONS, VERDICTS, VERIFICATIONS } from '../model.ts';

export const EFFECTS = ['widens', 'unclear', 'narrows', 'neutral'] as const;
export type Effect = (typeof EFFECTS)[number];

/** The opposite: what matches more of a deny narrows. */
export const inverted = (effect: Effect): Effect =>
  effect === 'widens' ? 'narrows' : effect === 'narrows' ? 'widens' : effect;

/** Several at once: of opposed ones nobody can tell. */
export function together(effects: readonly Effect[]): Effect {
  const said = new Set(effects.filter((effect) => effect !== 'neutral'));
  if (said.size === 0) return 'neutral';
  return said.size === 1 ? [...said][0]! : 'unclear';
}

/** Larger is wider. */
export const moreIsWider = (old: number, fresh: number): Effect =>
  fresh === old ? 'neutral' : fresh > old ? 'widens' : 'narrows';

/** A scale goes from the mildest to the strictest; null takes its value from elsewhere. */
const onScale =
  <T extends string>(scale: readonly T[]) =>
  (old: T | null, fresh: T | null): Effect =>
    old === null || fresh === null ? 'unclear' : moreIsWider(scale.indexOf(fresh), scale.indexOf(old));

export const verdictEffect = onScale<Verdict>(VERDICTS);
export const riskEffect = onScale(RISK_LEVELS);
export const verifyEffect = onScale(VERIFICATIONS);
export const separationEffect = (old: Rule['separation'], fresh: Rule['separation']): Effect =>
  onScale(SEPARATIONS)(old ?? 'requester', fresh ?? 'requester');
export const editsEffect = onScale(EDITS);
const enforceEffect = onScale(ENFORCEMENTS);

/** null is no limit at all. */
export const limitEffect = (old: number | null, fresh: number | null): Effect =>
  moreIsWider(old ?? Number.POSITIVE_INFINITY, fresh ?? Number.POSITIVE_INFINITY);

/** Alternatives of one key: more of them match more; null matches everything. */
function alternativesEffect(old: readonly unknown[] | null, fresh: readonly unknown[] | null): Effect {
  if (old === null || fresh === null) return old === fresh ? 'neutral' : fresh === null ? 'widens' : 'narrows';
  return setEffect(old, fresh);
}

/** More members are wider. */
export function setEffect(old: readonly unknown[], fresh: readonly unknown[]): Effect {
  const gained = fresh.some((item) => !old.includes(item));
  const lost = old.some((item) => !fresh.includes(item));
  return gained && lost ? 'unclear' : gained ? 'widens' : lost ? 'narrows' : 'neutral';
}

/** How much more or less a rule meets; for a rule that lets through, that is what it widens. */
export function matchEffect(old: Match, fresh: Match): Effect {
  const keys = [...new Set([...Object.keys(old.metadata), ...Object.keys(fresh.metadata)])];
  return together([
    ...(['action', 'resource', 'actor'] as const).map((name) => alternativesEffect(old[name], fresh[name])),
    ...keys.map((key) => alternativesEffect(old.metadata[key] ?? null, fresh.metadata[key] ?? null)),
  ]);
}

/** A condition that is added meets less, one that is taken away meets more; of two nobody can tell. */
export const whenEffect = (old: string | null, fresh: string | null): Effect =>
  old === fresh ? 'neutral' : old === null ? 'narrows' : fresh === null ? 'widens' : 'unclear';

/** What more or less being met means for a rule of this verdict. */
export const metBy = (verdict: Verdict, effect: Effect): Effect =>
  effect === 'neutral'
    ? effect
    : verdict === 'allow'
      ? effect
      : verdict === 'deny'
        ? inverted(effect)
        : // Asking more may take from an allow, or from a stricter rule below.
          'unclear';

/** Fewer people, fewer stages or more to choose from are wider. Without stages, routing decides. */
export function stagesEffect(old: readonly Stage[], fresh: readonly Stage[]): Effect {
  if (old.length === 0 || fresh.length === 0) return old.length === fresh.length ? 'neutral' : 'unclear';
  const shared = Math.min(old.length, fresh.length);
  const effects = Array.from({ length: shared }, (_, at): Effect[] => [
    setEffect(old[at]!.from, fresh[at]!.from),
    moreIsWider(fresh[at]!.count, old[at]!.count),
  ]);
  return together([...effects.flat(), moreIsWider(fresh.length, old.length)]);
}

export const evidenceEffect = (old: RequiredEvidence, fresh: RequiredEvidence): Effect =>
  together([inverted(setEffect(old.approve, fresh.approve)), inverted(setEffect(old.reject, fresh.reject))]);

export function capabilityEffect(old: CapabilitySettings | null, fresh: CapabilitySettings | null): Effect {
  if (old === null || fresh === null) return 'unclear';
  return together([
    moreIsWider(old.ttl_seconds, fresh.ttl_seconds),
    enforceEffect(old.enforce, fresh.enforce),
    moreIsWider(Number(fresh.dpop), Number(old.dpop)),
    old.audience === fresh.audience ? 'neutral' : 'unclear',
  ]);
}

/** More of the same calendar's time is wider; of two calendars nobody can tell. */
export const businessEffect = (old: BusinessTime | undefined, fresh: BusinessTime | undefined): Effect =>
  old?.calendar === fresh?.calendar && old && fresh ? moreIsWider(old.seconds, fresh.seconds) : 'unclear';

/** Per second, and at once. */
export function budgetEffect(old: Trusted['limit'], fresh: Trusted['limit']): Effect {
  if (old === null || fresh === null) return limitEffect(old?.count ?? null, fresh?.count ?? null);
  return together([moreIsWider(old.count, fresh.count), moreIsWider(fresh.per_seconds, old.per_seconds)]);
}

/** Later is wider; without an end, widest. Instants compare as text. */
export const expiryEffect = (old: string | null, fresh: string | null): Effect =>
  old === fresh ? 'neutral' : fresh === null || (old !== null && fresh > old) ? 'widens' : 'narrows';

/** Whoever is asked later may decide, too. */
export const escalationEffect = (old: Rule['escalate'], fresh: Rule['escalate']): Effect => {
  const people = (steps: Rule['escalate']) => steps.flatMap(({ to }) => to);
  const effect = setEffect(people(old), people(fresh));
  return effect === 'neutral' ? 'unclear' : effect;
};
