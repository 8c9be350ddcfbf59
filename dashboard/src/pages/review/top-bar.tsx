// Risk, progress and time left: always in sight.
import type { ApprovalRequest } from '../../api/types.ts';
import { requirementNow } from '../../text/asked.ts';
import { Risk, StatusBadge } from '../../ui/badges.tsx';
import { Go } from '../../ui/go.tsx';
import { Countdown } from '../../ui/when.tsx';

export function TopBar({ request }: { request: ApprovalRequest | undefined }) {
  return (
    <header className="sticky top-0 z-2 flex min-h-14 items-center gap-3 border-b border-line bg-card px-4 py-2">
      <Go to="/" className="text-s whitespace-nowrap">
        Queue
      </Go>
      {request ? <Filled request={request} /> : null}
    </header>
  );
}

function Filled({ request }: { request: ApprovalRequest }) {
  const stages = requirementNow(request)?.stages ?? [];
  const needed = stages.reduce((sum, stage) => sum + stage.count, 0);
  const given = stages.reduce((sum, stage) => sum + Math.min(stage.approved ?? 0, stage.count), 0);
  return (
    <>
      <Risk level={(request.effective.risk ?? request.risk).level} long />
      {request.status === 'pending' ? (
        <>
          <span className="meta">
            <span className="num">
              {given} of {needed}
            </span>
            <span className="max-[419px]:sr-only"> approvals</span>
          </span>
          <span className="ml-auto text-right leading-tight">
            <Countdown at={request.expires_at} />
            <br />
            <span className="meta">then it expires</span>
          </span>
        </>
      ) : (
        <span className="ml-auto">
          <StatusBadge status={request.status} />
        </span>
      )}
    </>
  );
}
