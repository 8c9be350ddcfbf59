// One request's whole life: what, who decided, the timeline with its receipts, the parameters as they were decided.
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { sentenceText } from '../../../../core/sentence.ts';
import { useRequestStream } from '../../api/live.ts';
import { requestQuery } from '../../api/queries.ts';
import type { ApprovalRequest } from '../../api/types.ts';
import { Risk, StatusBadge } from '../../ui/badges.tsx';
import { useTitle } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { SentenceText } from '../../ui/sentence-text.tsx';
import { AgentWords } from '../review/agent-words.tsx';
import { Edits } from '../review/edits.tsx';
import { FactsCard } from '../review/facts-card.tsx';
import { MatchWords, Release } from '../review/release.tsx';
import { WhoAsks } from '../review/who-asks.tsx';
import { Why } from '../review/why.tsx';
import { CapabilityState } from './capability-state.tsx';
import { Digests } from './digests.tsx';
import { EmergencyUse } from './emergency-use.tsx';
import { Erased } from './erased.tsx';
import { Erasing } from './erasing.tsx';
import { EvidenceFile } from './evidence-file.tsx';
import { Narrowing } from './narrowing.tsx';
import { Timeline } from './timeline.tsx';
import { Votes } from './votes.tsx';

const LAST = new Set(['executed', 'failed', 'rejected', 'expired', 'canceled']);

export function RequestPage() {
  const { id } = useParams({ from: '/gate/desk/requests/$id' });
  const query = useQuery(requestQuery(id));
  useRequestStream(id, query.data !== undefined && !LAST.has(query.data.status));
  return (
    <>
      {query.data ? null : <h1 className="sr-only">Request</h1>}
      <QueryView query={query} what="the request">
        {(request) =>
          request.erased_at ? (
            <div className="grid gap-5">
              <Erased request={request} />
              <EvidenceFile id={request.id} />
            </div>
          ) : (
            <Life request={request} />
          )
        }
      </QueryView>
    </>
  );
}

function Life({ request }: { request: ApprovalRequest }) {
  useTitle(sentenceText({ ...request, params: request.effective.params }));
  return (
    <article className="grid gap-5">
      <header className="grid gap-2">
        <p className="flex flex-wrap items-center gap-2">
          <StatusBadge status={request.status} />
          <Risk level={(request.effective.risk ?? request.risk).level} long />
          {request.ledger?.pending ? <span className="status">Newer step not sealed yet</span> : null}
        </p>
        <h1>
          <SentenceText request={request} />
        </h1>
        <WhoAsks request={request} />
        {request.status === 'pending' ? (
          <p>
            <Link to="/r/$id" params={{ id: request.id }} className="btn">
              Review and decide
            </Link>
          </p>
        ) : null}
      </header>
      <div className="grid gap-5 min-[900px]:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)] min-[900px]:items-start">
        <div className="grid min-w-0 gap-5">
          <Timeline id={request.id} />
          <FactsCard request={request} />
          <Edits request={request} />
          <AgentWords request={request} />
        </div>
        <div className="grid min-w-0 gap-5">
          <EmergencyUse request={request} />
          <Votes request={request} />
          <CapabilityState request={request} />
          <Narrowing request={request} />
          {LAST.has(request.status) ? <Erasing request={request} /> : null}
          <Why request={request} />
          <Release request={request} />
          <MatchWords request={request} />
          <Digests request={request} />
          <EvidenceFile id={request.id} />
        </div>
      </div>
    </article>
  );
}
