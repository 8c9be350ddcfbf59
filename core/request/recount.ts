// The votes of a pending request, counted again from its document, by the function that decides and over current standings:
// for lists, whose rows are as old as the request's last step. What a token proved is in no document: such rows stay.
import type { Standing } from '../authority.ts';
import type { Instant } from '../json.ts';
import { excludedFrom, openStage, type Vote } from '../requirement.ts';
import type { ApprovalRequest } from './present.ts';

type Decision = ApprovalRequest['decisions'][number];

/** Rows from before a vote said why it is void were void by an edit alone. */
const isEdited = ({ void: isVoid, void_reason }: Decision): boolean =>
  void_reason === undefined ? isVoid === true : void_reason === 'edited';

const approvalsOf = ({ decisions }: ApprovalRequest): Decision[] =>
  (decisions ?? []).filter((vote) => vote.decision === 'approve' && !isEdited(vote));

const byPasskey = ({ assurance }: Decision): boolean => assurance.method === 'passkey';

/** The people whose standing decides which votes of a row count; none where the row cannot change by itself. */
export function votersIn(request: ApprovalRequest): string[] {
  const votes = request.status === 'pending' && !request.erased_at ? approvalsOf(request) : [];
  if (!votes.every(byPasskey)) return [];
  return votes.flatMap(({ reviewer, delegation }) => (delegation ? [reviewer.id, delegation.from.id] : [reviewer.id]));
}

const voteIn = ({ effective }: ApprovalRequest, vote: Decision): Vote => ({
  reviewer: vote.reviewer.id,
  stage: vote.stage,
  decision: vote.decision,
  voted_at: vote.decided_at,
  action_digest: effective.action_digest,
  passkey: vote.assurance.method === 'passkey' ? vote.assurance.passkey : null,
  ...(vote.delegation ? { delegation: { id: vote.delegation.id, from: vote.delegation.from.id } } : {}),
});

function peopleIn({ requester, on_behalf_of, actor, edits }: ApprovalRequest) {
  const editors = (edits ?? []).filter(({ mode }) => mode === 'any').map(({ editor }) => editor.id);
  return { requester: requester.id, on_behalf_of, actor, owners: [], editors };
}

/** The row with the votes that count by these standings. */
export function recountedRow(
  request: ApprovalRequest,
  standings: Readonly<Record<string, Standing>>,
  now: Instant,
): ApprovalRequest {
  const { effective } = request;
  // Rows from before there were edits say nothing of the effective action.
  const needed = effective.requirement ?? request.requirement;
  if (votersIn(request).length === 0 || needed === null) return request;
  const given = approvalsOf(request).map((vote) => ({ vote, as: voteIn(request, vote) }));
  const excluded = excludedFrom(peopleIn(request), needed.separation);
  const about = {
    action: request.action,
    resource: request.resource,
    risk: (effective.risk ?? request.risk).level,
    now,
  };
  const votes = given.map(({ as }) => as);
  const open = openStage(needed, votes, standings, request.created_at, effective.action_digest, excluded, about);
  const counts = (vote: Decision) => given.some((one) => one.vote === vote && open.counted.includes(one.as));
  const withStages = <R extends NonNullable<typeof needed>>(of: R): R => ({
    ...of,
    stages: of.stages.map((stage, at) => ({ ...stage, approved: open.per_stage[at]?.approved ?? stage.approved })),
  });
  return {
    ...request,
    effective: { ...effective, requirement: withStages(needed) },
    requirement: request.requirement && withStages(request.requirement),
    decisions: request.decisions.map((vote) => {
      const withdrawn = given.some((one) => one.vote === vote) && !counts(vote);
      return withdrawn ? { ...vote, void: true, void_reason: 'withdrawn' as const } : vote;
    }),
  };
}
