// `/r/{id}`: one request, readable in three seconds on a phone, and the two answers to it. Status only as the server
// confirmed it; what is signed is what stands here.
import { useQuery } from '@tanstack/react-query';
import { sentenceText } from '../../../../core/sentence.ts';
import { requestQuery } from '../../api/queries.ts';
import type { ApprovalRequest } from '../../api/types.ts';
import { answersOf } from '../../decision/answers.ts';
import { isBusy } from '../../decision/state.ts';
import { currentStage, wrongDigests } from '../../passkey/shown.ts';
import { useSession } from '../../session-gate.tsx';
import { stagesNow } from '../../text/asked.ts';
import { lenderFor, userFor } from '../../text/lent.ts';
import { Connection, useOnline } from '../../ui/connection.tsx';
import { Face } from '../../ui/face.tsx';
import { InSight } from '../../ui/in-sight.tsx';
import { Opening, useUnopened } from '../../ui/opening.tsx';
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
import { Kept } from './outcome.tsx';
import { MatchWords, Release } from './release.tsx';
import { standingFace } from './standing.tsx';
import { TopBar } from './top-bar.tsx';
import { Unmet } from './unmet.tsx';
import { useDecision } from './use-decision.ts';
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

/** Who this person is to this request, and what keeps them from answering it, as the server judges it. */
function useCircumstances(request: ApprovalRequest) {
  const { user } = useSession();
  const online = useOnline();
  const stage = stagesNow(request)[currentStage(request)];
  const lender = stage === undefined ? null : lenderFor(stage.from, userFor(request, user));
  // Forms from before the server said so have none of it.
  const { approve = null, reject = null } = request.viewer ?? {};
  const refused = { approve: approve?.detail ?? null, reject: reject?.detail ?? null };
  return { lender, circumstances: { online, refused, edits: lender === null, unopened: useUnopened() } };
}

function Review({ request }: { request: ApprovalRequest }) {
  const deciding = useDecision(request);
  const { state } = deciding;
  // Everything on the page is of the decision's state: what stands here, what the button says, what is signed.
  const { latest } = state;
  const { lender, circumstances } = useCircumstances(latest);
  const answers = answersOf(state, circumstances);
  const { shown } = answers;
  useTitle(sentenceText({ ...shown, params: shown.effective.params }));
  const { user } = useSession();
  const late = usePassed(latest.expires_at);
  const wrong = wrongDigests(latest);
  const face = wrong.length > 0 ? <WrongDigests names={wrong} /> : standingFace(latest, user, late);
  const asks = face === null || isBusy(state) || state.phase.at === 'unknown' || state.rejection.open;
  return (
    <article className="grid gap-4 min-[900px]:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)] min-[900px]:items-start min-[900px]:gap-6">
      <header className="grid gap-2 min-[900px]:col-span-2">
        <h1 className="min-[900px]:text-[28px]">
          <SentenceText request={shown} />
        </h1>
        <WhoAsks request={latest} timeline />
      </header>
      {face === null ? null : (
        <div className="grid gap-4 min-[900px]:col-span-2">
          <InSight>{face}</InSight>
          <Kept state={state} />
        </div>
      )}
      <div className="grid min-w-0 gap-4 min-[900px]:gap-5">
        <FactsCard request={shown} />
        <Edits request={latest} />
        <AgentWords request={latest} />
      </div>
      <div className="grid min-w-0 gap-4 min-[900px]:gap-5">
        <Unmet request={latest} />
        <GivenVotes request={latest} />
        <Why request={latest} />
        <Release request={latest} />
        <MatchWords request={latest} />
        {latest.status === 'pending' ? <FollowUp request={latest} mine={face === null} /> : null}
        {asks ? <Ballot {...{ deciding, answers, lender }} /> : null}
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
