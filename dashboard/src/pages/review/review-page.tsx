// `/r/{id}`: one request, readable in three seconds on a phone, and the two answers to it. Status only as the server
// confirmed it; what is signed is what stands here.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { sentenceText } from '../../../../core/sentence.ts';
import { requestQuery } from '../../api/queries.ts';
import type { ApprovalRequest, JsonObject } from '../../api/types.ts';
import { withParams } from '../../passkey/edited.ts';
import { wrongDigests } from '../../passkey/shown.ts';
import { useSession } from '../../session-gate.tsx';
import { Connection } from '../../ui/connection.tsx';
import { Face } from '../../ui/face.tsx';
import { InSight } from '../../ui/in-sight.tsx';
import { Opening } from '../../ui/opening.tsx';
import { useTitle } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { SentenceText } from '../../ui/sentence-text.tsx';
import { usePassed } from '../../ui/when.tsx';
import { Erased } from '../requests/erased.tsx';
import { AgentWords } from './agent-words.tsx';
import { Ballot } from './ballot.tsx';
import { Edits } from './edits.tsx';
import { FactsCard } from './facts-card.tsx';
import { FollowUp } from './follow-up.tsx';
import { GivenVotes } from './given-votes.tsx';
import { MatchWords, Release } from './release.tsx';
import { standingFace } from './standing.tsx';
import { TopBar } from './top-bar.tsx';
import { WhoAsks } from './who-asks.tsx';
import { Why } from './why.tsx';

export function ReviewPage({ id }: { id: string }) {
  const query = useQuery(requestQuery(id));
  return (
    <div className="min-h-dvh">
      <TopBar request={query.data} />
      <main className="mx-auto grid max-w-[1080px] gap-4 px-4 pt-5 pb-44 min-[900px]:pb-32">
        <Connection />
        {query.data ? null : <h1 className="sr-only">Review</h1>}
        <QueryView query={query} what="the request">
          {(request) =>
            request.erased_at ? (
              <Erased request={request} />
            ) : (
              <Opening key={request.id}>
                <Review request={request} />
              </Opening>
            )
          }
        </QueryView>
      </main>
    </div>
  );
}

function Review({ request }: { request: ApprovalRequest }) {
  const [entered, setEntered] = useState<{ of: string; params: JsonObject | null } | null>(null);
  const of = request.effective.action_digest;
  // A draft is of what stood when it was written: nothing is left of it once somebody else has edited.
  const draft = entered?.of === of ? entered.params : null;
  // What the form says is shown where everything that is signed is shown.
  const shown = draft === null ? request : withParams(request, draft);
  useTitle(sentenceText({ ...shown, params: shown.effective.params }));
  const { user } = useSession();
  const late = usePassed(request.expires_at);
  const wrong = wrongDigests(request);
  const face = wrong.length > 0 ? <WrongDigests names={wrong} /> : standingFace(request, user, late);
  return (
    <article className="grid gap-4 min-[900px]:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)] min-[900px]:items-start min-[900px]:gap-6">
      <header className="grid gap-2 min-[900px]:col-span-2">
        <h1 className="min-[900px]:text-[28px]">
          <SentenceText request={shown} />
        </h1>
        <WhoAsks request={request} timeline />
      </header>
      {face === null ? null : (
        <div className="min-[900px]:col-span-2">
          <InSight>{face}</InSight>
        </div>
      )}
      <div className="grid min-w-0 gap-4 min-[900px]:gap-5">
        <FactsCard request={shown} />
        <Edits request={request} />
        <AgentWords request={request} />
      </div>
      <div className="grid min-w-0 gap-4 min-[900px]:gap-5">
        <GivenVotes request={request} />
        <Why request={request} />
        <Release request={request} />
        <MatchWords request={request} />
        {request.status === 'pending' ? <FollowUp request={request} mine={face === null} /> : null}
        {face === null ? (
          <Ballot request={request} draft={draft} onDraft={(params) => setEntered({ of, params })} />
        ) : null}
      </div>
    </article>
  );
}

const WrongDigests = ({ names }: { names: string[] }) => (
  <Face title="Do not decide this: the content does not fit its digests" alarm>
    <p className="text-ink-2">
      This page computed {names.join(', ')} from what is shown, and the server names another. Signing is switched off.
      Tell your administrator.
    </p>
  </Face>
);
