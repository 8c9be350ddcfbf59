// Which pending requests are shown, and in which order: by risk, then by what ends first.
import type { ApprovalRequest, RiskLevel, Session } from '../../api/types.ts';
import { currentStage } from '../../passkey/shown.ts';
import { stagesNow } from '../../text/asked.ts';
import { userFor } from '../../text/lent.ts';
import { namesPerson } from '../../text/people.ts';

export type View = 'mine' | 'all' | 'risky' | 'soon';

const RANK: Record<RiskLevel, number> = { critical: 0, high: 1, medium: 2, low: 3 };
const SOON_MS = 3_600_000;

export function byRiskThenDeadline(a: ApprovalRequest, b: ApprovalRequest): number {
  return RANK[a.risk.level] - RANK[b.risk.level] || a.expires_at.localeCompare(b.expires_at);
}

/** Whether this person's decision is what the request waits for now. */
export function waitsFor(request: ApprovalRequest, user: Session['user']): boolean {
  const stage = stagesNow(request)[currentStage(request)];
  const voted = (request.decisions ?? []).some((vote) => vote.reviewer.id === user.id && !vote.void);
  return !voted && (stage === undefined || namesPerson(stage.from, userFor(request, user)));
}

/** The filters of the queue, by the name that stands in the URL. */
export const VIEWS: Record<View, (request: ApprovalRequest, user: Session['user'], now: number) => boolean> = {
  mine: waitsFor,
  all: () => true,
  risky: (request) => RANK[request.risk.level] <= RANK.high,
  soon: (request, _user, now) => Date.parse(request.expires_at) - now <= SOON_MS,
};
