// What held at a moment of the request's life: as it was asked, or as the last edit before that moment left it. Built from
// events alone; whether each edit was right is edit.ts's to say.
import { canonicalize } from '../canonical.ts';
import { diffOf, type Edited, editedAction } from '../edit.ts';
import type { Digest, JsonObject } from '../json.ts';
import type { CapabilitySettings, RiskLevel } from '../policy.ts';
import { escalated } from '../requirement.ts';
import type { Birth, Case } from './case.ts';
import type { EvidenceLine } from './forms.ts';
import { withheldIn } from './withheld.ts';

export interface Held {
  /** Null while nobody had edited. */
  edit: EvidenceLine | null;
  /** Of the effective action. */
  action_digest: Digest;
  params_digest: Digest;
  /** Null once they are erased. */
  params: JsonObject | null;
  /** As policy wrote it, and with whom it was escalated to since. */
  written: Birth['requirement'];
  requirement: Birth['requirement'];
  capability: CapabilitySettings;
  risk: RiskLevel;
}

export const editsOf = ({ bundle }: Pick<Case, 'bundle'>): EvidenceLine[] =>
  bundle.events.filter(({ event }) => event.type === 'approval.edited');

/** What held before the event with this seq; Infinity: at the end. */
export function heldBefore(of: Pick<Case, 'bundle' | 'birth'>, seq: number): Held {
  const edit = editsOf(of).findLast(({ event }) => event.seq < seq) ?? null;
  const { skeleton, personal } = edit?.event ?? of.birth.line.event;
  const [action, params] = edit
    ? ['effective_action_digest', 'effective_params_digest']
    : ['action_digest', 'params_digest'];
  const written = skeleton.requirement as Birth['requirement'] & JsonObject;
  return {
    edit,
    action_digest: skeleton[action!] as Digest,
    params_digest: skeleton[params!] as Digest,
    params: (personal?.params as JsonObject | undefined) ?? null,
    ...{ written, requirement: asEscalated(of, written, seq) },
    capability: skeleton.capability_settings as unknown as CapabilitySettings,
    risk: skeleton.risk as RiskLevel,
  };
}

/** An edit that asks for other stages ends the escalations, which policy wrote for the first ones (request/in-force.ts). */
function asEscalated(
  { bundle, birth }: Pick<Case, 'bundle' | 'birth'>,
  written: Birth['requirement'],
  seq: number,
): Birth['requirement'] {
  if (written === null || stagesOf(written) !== stagesOf(birth.requirement)) return written;
  const before = bundle.events.filter(({ event }) => event.type === 'approval.escalated' && event.seq < seq);
  const further = before.map(({ event }) => {
    const { stage, escalated_to } = event.skeleton as { stage: number; escalated_to: string[] };
    return { stage, to: escalated_to };
  });
  return escalated(written, further);
}

export const stagesOf = (requirement: Birth['requirement']): string =>
  canonicalize(
    (requirement?.stages ?? []).map(({ from, count, actions }) => ({
      from: [...from],
      count,
      ...(actions ? { actions } : {}),
    })),
  );

/**
 * The edit as people signed it, from what was asked and what it left.
 *
 * @param given what stands in the intent: all there is to say once contents are erased
 */
export function editedBy({ bundle, birth }: Case, held: Held, given: Edited | null): Edited | null {
  if (held.edit === null) return null;
  if (birth.personal === null || held.params === null) return given;
  const asIs = [birth.line, held.edit].some((line) => withheldIn(line).length > 0);
  // Reviewers signed the covered params, too; the digest is over the true ones.
  if (asIs) {
    const asked = birth.personal.params as JsonObject;
    return { params: held.params, action_digest: held.action_digest, diff: diffOf(asked, held.params) };
  }
  const asked = { ...birth.personal, organization: bundle.organization.id, actor: birth.skeleton.actor };
  return editedAction(asked as never, held.params);
}

/** Whoever chose freely what runs may not let it run. */
export const editorsBefore = (of: Case, seq: number): string[] =>
  editsOf(of)
    .filter(({ event }) => event.seq < seq && event.skeleton.edits !== 'narrow')
    .map(({ event }) => String(event.skeleton.reviewer));
