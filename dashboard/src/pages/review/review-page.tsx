// `/r/{id}`: one request, readable in three seconds on a phone, and the two answers to it. Status only as the server
// confirmed it; what is signed is what stands here.
import { useQuery } from '@tanstack/react-query';
import { useFallbackInterval } from '../../api/live.ts';
import { requestQuery } from '../../api/queries.ts';
import type { ApprovalRequest } from '../../api/types.ts';
import { currentStage, wrongDigests } from '../../passkey/shown.ts';
import { useSession } from '../../session-gate.tsx';
import { namesPerson, sourcesText } from '../../text/people.ts';
import { sentenceText } from '../../text/sentence.ts';
import { Connection } from '../../ui/connection.tsx';
import { Face } from '../../ui/face.tsx';
import { Go } from '../../ui/go.tsx';
import { useTitle } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { SentenceText } from '../../ui/sentence-text.tsx';
import { usePassed } from '../../ui/when.tsx';
import { AgentWords } from './agent-words.tsx';
import { Ballot } from './ballot.tsx';
import { FactsCard } from './facts-card.tsx';
import { MatchWords, Release } from './release.tsx';
import { Settled } from './settled.tsx';
import { TopBar } from './top-bar.tsx';
import { WhoAsks } from './who-asks.tsx';
import { Why } from './why.tsx';

export function ReviewPage({ id }: { id: string }) {
  const query = useQuery({ ...requestQuery(id), refetchInterval: useFallbackInterval() });
  return (
    <div className="min-h-dvh">
      <TopBar request={query.data} />
      <main className="mx-auto grid max-w-[1080px] gap-4 px-4 pt-5 pb-44 min-[900px]:pb-32">
        <Connection />
        {query.data ? null : <h1 className="sr-only">Review</h1>}
        <QueryView query={query} what="the request">
          {(request) => <Review request={request} />}
        </QueryView>
      </main>
    </div>
  );
}

function Review({ request }: { request: ApprovalRequest }) {
  useTitle(sentenceText({ ...request, params: request.effective.params }));
  const wrong = wrongDigests(request);
  return (
    <article className="grid gap-4 min-[900px]:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)] min-[900px]:items-start min-[900px]:gap-6">
      <header className="grid gap-2 min-[900px]:col-span-2">
        <h1 className="min-[900px]:text-[28px]">
          <SentenceText request={request} />
        </h1>
        <WhoAsks request={request} timeline />
      </header>
      {wrong.length > 0 ? (
        <div className="min-[900px]:col-span-2">
          <WrongDigests names={wrong} />
        </div>
      ) : null}
      <div className="grid min-w-0 gap-4 min-[900px]:gap-5">
        <FactsCard request={request} />
        <AgentWords request={request} />
      </div>
      <div className="grid min-w-0 gap-4 min-[900px]:gap-5">
        <Why request={request} />
        <Release request={request} />
        <MatchWords request={request} />
        {wrong.length === 0 ? <Answer request={request} /> : null}
      </div>
    </article>
  );
}

function Answer({ request }: { request: ApprovalRequest }) {
  const session = useSession();
  const late = usePassed(request.expires_at);
  const stage = request.requirement?.stages[currentStage(request)];
  const own = request.decisions.find((vote) => vote.reviewer.id === session.user.id);
  if (request.status !== 'pending') return <Settled request={request} />;
  if (late) return <Face title="The time to decide is over">Whatever arrives now is not approved.</Face>;
  if (own) return <Settled request={request} />;
  if (isOwn(request, session.user.id)) return <OwnRequest />;
  if (stage && !namesPerson(stage.from, session.user)) return <NotYours from={stage.from} />;
  return <Ballot key={request.id} request={request} />;
}

/** Whoever asked, or for whom it was asked, decides nothing about it (policy.md "Who may decide"). */
const isOwn = ({ requester, on_behalf_of, actor }: ApprovalRequest, user: string): boolean =>
  [requester.id, on_behalf_of, actor].some((who) => who === user || who === `user:${user}`);

const OwnRequest = () => (
  <Face title="You asked for this yourself">
    <p className="text-ink-2">Somebody else must decide it.</p>
  </Face>
);

const NotYours = ({ from }: { from: string[] }) => (
  <Face title="You can read this, not decide it">
    <p className="text-ink-2">
      {sourcesText(from)} {from.length > 1 ? 'decide' : 'decides'} this stage. An administrator can add you under{' '}
      <Go to="/people">People</Go>.
    </p>
  </Face>
);

const WrongDigests = ({ names }: { names: string[] }) => (
  <Face title="Do not decide this: the content does not fit its digests" alarm>
    <p className="text-ink-2">
      This page computed {names.join(', ')} from what is shown, and the server names another. Signing is switched off.
      Tell your administrator.
    </p>
  </Face>
);
