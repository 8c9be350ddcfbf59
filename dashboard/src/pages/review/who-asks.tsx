// Who asks, for whom, when, in which run.
import { isObject } from '../../../../core/json.ts';
import type { ApprovalRequest, Json } from '../../api/types.ts';
import { actorName } from '../../text/people.ts';
import { Go, requestPath } from '../../ui/go.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { When } from '../../ui/when.tsx';

const nameOf = (who: Json): string | null => {
  if (typeof who === 'string') return actorName(who);
  if (!isObject(who)) return null;
  const name = who.name ?? who.email ?? who.id;
  return typeof name === 'string' ? name : null;
};

export function WhoAsks({ request, timeline = false }: { request: ApprovalRequest; timeline?: boolean }) {
  const behalf = nameOf(request.on_behalf_of);
  return (
    <p className="flex flex-wrap gap-x-3 gap-y-1 text-s text-ink-2">
      <span>
        <b className="text-ink">
          <Revealed text={actorName(request.actor)} />
        </b>{' '}
        asks
      </span>
      {behalf ? (
        <span>
          on behalf of <Revealed text={behalf} />
        </span>
      ) : null}
      <When at={request.created_at} />
      {request.run?.id ? (
        <span>
          run <Revealed text={request.run.id} />
        </span>
      ) : null}
      {timeline ? <Go to={requestPath(request.id)}>Timeline</Go> : null}
    </p>
  );
}
