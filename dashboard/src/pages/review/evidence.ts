// What policy wants beside a decision (`require: [comment, external_ref]`): names for people, and whether it is there.
import type { Evidence } from '../../../../core/policy/model.ts';

const NAMES: Record<Evidence, string> = { comment: 'Comment', external_ref: 'Reference' };

/** A field's label; says when it must be filled. */
export const nameOf = (evidence: Evidence, required: readonly string[]): string =>
  required.includes(evidence) ? `${NAMES[evidence]} (required)` : NAMES[evidence];
