// Exactly what an approval releases: the scope that is signed. And the words that the agent's side shows too.
import { matchWords } from '../../../../core/match-words.ts';
import type { ApprovalRequest, Scope } from '../../api/types.ts';
import { releasedScope } from '../../passkey/shown.ts';
import { actorName } from '../../text/people.ts';
import { span } from '../../text/time.ts';
import { Revealed } from '../../ui/revealed.tsx';

const CHECKS: Record<Scope['enforce'], string> = {
  offline: 'checked by its signature; the resource must refuse a second use',
  introspect: 'looked up at Assentry at each call',
  consume: 'marked as used at Assentry, so a second use is refused',
};

export function Release({ request }: { request: ApprovalRequest }) {
  return (
    <section className="card grid gap-1.5 px-4 py-3" aria-labelledby="release">
      <h2 id="release">
        {request.status === 'pending' ? 'What your approval releases' : 'What the approval releases'}
      </h2>
      <ScopeList scope={releasedScope(request)} actor={request.actor} />
    </section>
  );
}

function ScopeList({ scope, actor }: { scope: Scope; actor: string }) {
  return (
    <ul className="grid gap-1.5">
      <Line>this action on this resource, exactly these parameters</Line>
      <Line>
        once, within {span(scope.ttl_seconds)}, by <Revealed text={actorName(actor)} /> only
      </Line>
      <Line>
        at{' '}
        <code>
          <Revealed text={scope.audience} />
        </code>
        , {CHECKS[scope.enforce]}
      </Line>
      {scope.dpop ? <Line>only with the agent’s own key (DPoP)</Line> : null}
    </ul>
  );
}

const Line = ({ children }: { children: React.ReactNode }) => (
  <li className="flex gap-2">
    <span aria-hidden="true" className="text-ink-3">
      –
    </span>
    <span className="min-w-0">{children}</span>
  </li>
);

/** Computed here from the request's digest, not taken from the server. */
export function MatchWords({ request }: { request: ApprovalRequest }) {
  return (
    <section className="grid gap-2" aria-labelledby="words">
      <h2 id="words">The agent’s side shows the same three words</h2>
      <p className="flex flex-wrap gap-2">
        {matchWords(request.request_digest).map((word) => (
          <span key={word} className="rounded-md bg-well px-2.5 py-1.5 font-mono font-semibold">
            {word}
          </span>
        ))}
      </p>
    </section>
  );
}
