// Who is asked now: what policy wrote for the effective action, with whom was escalated to. A list may hold a request from
// before this was told; then what it said at first holds.
import type { ApprovalRequest, Stage } from '../api/types.ts';

export const requirementNow = ({ effective, requirement }: ApprovalRequest): ApprovalRequest['requirement'] =>
  effective?.requirement ?? requirement;

export const stagesNow = (request: ApprovalRequest): Stage[] => requirementNow(request)?.stages ?? [];
