// Says that a request waits in vain: a stage that nobody can complete. Renders nothing where every stage can be.
import type { ApprovalRequest } from '../../api/types.ts';
import { stagesNow } from '../../text/asked.ts';
import { sourcesText } from '../../text/people.ts';

export function Unmet({ request }: { request: ApprovalRequest }) {
  const unmet = request.unmet ?? [];
  if (unmet.length === 0) return null;
  const stages = stagesNow(request);
  return (
    <section className="card grid gap-2 border-warn px-4 py-3" aria-labelledby="unmet">
      <h2 id="unmet">Nobody can approve this as it stands</h2>
      {unmet.map(({ stage, count, able }) => (
        <p key={stage}>
          {stages.length > 1 ? `Stage ${stage + 1} asks` : 'It asks'} for {count} of {sourcesText(stages[stage]!.from)},
          and {able === 0 ? 'nobody' : `only ${able}`} can approve there: others are part of the request, have no
          passkey, or became it after the request was made.
        </p>
      ))}
      <p className="text-ink-2">Reject it or let it expire, mend the policy or the group, and have it asked again.</p>
    </section>
  );
}
