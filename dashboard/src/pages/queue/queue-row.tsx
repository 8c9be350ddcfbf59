// One pending request in one line: risk, what will happen, who asks, votes so far, time left.
import { Link } from '@tanstack/react-router';
import type { ApprovalRequest } from '../../api/types.ts';
import { currentStage } from '../../passkey/shown.ts';
import { stagesNow } from '../../text/asked.ts';
import { actorName, sourcesText } from '../../text/people.ts';
import { Risk, StatusBadge } from '../../ui/badges.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { SentenceText } from '../../ui/sentence-text.tsx';
import { When } from '../../ui/when.tsx';
import { Claimed } from '../review/claim.tsx';

export const ROW =
  'grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1.5 px-4 py-3 text-inherit no-underline -outline-offset-2 hover:bg-accent-soft focus-visible:bg-accent-soft sm:grid-cols-[104px_minmax(0,1fr)_180px_132px] sm:gap-4';

export function QueueRow({ request }: { request: ApprovalRequest }) {
  return (
    <li className="border-t border-line first:border-t-0">
      <Link to="/r/$id" params={{ id: request.id }} className={ROW} data-row="">
        <Risk level={(request.effective?.risk ?? request.risk).level} />
        <span className="order-2 col-span-2 sm:order-none sm:col-span-1">
          <What request={request} />
        </span>
        <span className="order-3 col-span-2 text-s text-ink-2 sm:order-none sm:col-span-1">
          {votes(request)}
          <Claimed request={request} />
        </span>
        <span className="order-1 text-right leading-tight sm:order-none">
          <span className="font-semibold">
            <When at={request.expires_at} />
          </span>
          <br />
          <span className="meta">
            <When at={request.created_at} prefix="asked " />
          </span>
        </span>
      </Link>
    </li>
  );
}

export function What({ request }: { request: ApprovalRequest }) {
  if (request.erased_at) return <SentenceText request={request} />;
  const environment = request.metadata?.environment;
  return (
    <>
      <span className="block font-semibold wrap-anywhere sm:truncate">
        <SentenceText request={request} />
      </span>
      <span className="block text-s wrap-anywhere text-ink-2 sm:truncate">
        <b>
          <Revealed text={actorName(request.actor)} />
        </b>{' '}
        · <Revealed text={request.action} /> ·{' '}
        <code>
          <Revealed text={request.resource} />
        </code>
        {typeof environment === 'string' ? (
          <>
            {' '}
            · <Revealed text={environment} />
          </>
        ) : null}
      </span>
    </>
  );
}

function votes(request: ApprovalRequest): string {
  const stages = stagesNow(request);
  const stage = stages[currentStage(request)];
  if (!stage) return '';
  const needed = stages.reduce((sum, { count }) => sum + count, 0);
  const given = stages.reduce((sum, { approved = 0, count }) => sum + Math.min(approved, count), 0);
  return `${given} of ${needed} · ${sourcesText(stage.from)}`;
}

/** A request that is decided, in the same line. */
export function DecidedRow({ request }: { request: ApprovalRequest }) {
  return (
    <li className="border-t border-line first:border-t-0">
      <Link to="/requests/$id" params={{ id: request.id }} className={ROW}>
        <StatusBadge status={request.status} />
        <span className="order-2 col-span-2 sm:order-none sm:col-span-1">
          <What request={request} />
        </span>
        <span className="order-3 col-span-2 sm:order-none sm:col-span-1">
          <Risk level={(request.effective?.risk ?? request.risk).level} />
        </span>
        <span className="meta order-1 text-right sm:order-none">
          <When at={request.decided_at ?? request.updated_at ?? request.created_at} />
        </span>
      </Link>
    </li>
  );
}
