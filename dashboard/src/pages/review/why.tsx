// Why a person is asked: the rule, the sub-expression that decided, the values it read, and who decides.
import { messagePhrases } from '../../../../core/sentence.ts';
import type { ApprovalRequest, Stage, TraceStep } from '../../api/types.ts';
import { requirementNow } from '../../text/asked.ts';
import { plain } from '../../text/facts.ts';
import { sourcesText } from '../../text/people.ts';
import { Clipped } from '../../ui/long-text.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { Phrases } from '../../ui/sentence-text.tsx';

const CODE = 'rounded-[5px] bg-well px-1.5 py-0.5';

export function Why({ request }: { request: ApprovalRequest }) {
  const { policy } = request;
  const requirement = requirementNow(request);
  const risk = request.effective.risk ?? request.risk;
  const hits = (policy.trace ?? []).filter((step) => step.result !== 'not-matched');
  return (
    <section className="card grid gap-2 px-4 py-3" aria-labelledby="why">
      <h2 id="why">{request.status === 'pending' ? 'Why you are asked' : 'Why a person was asked'}</h2>
      {hits.length > 0 ? (
        hits.map((step) => <Step key={`${step.kind}:${step.rule}`} step={step} />)
      ) : (
        <Fallback rule={policy.rule} />
      )}
      {request.message ? (
        <p className="whitespace-pre-wrap">
          <Phrases phrases={messagePhrases({ ...request, params: request.effective.params }) ?? []} />
        </p>
      ) : null}
      {requirement ? <p className="text-ink-2">{requirementText(requirement.stages)}</p> : null}
      <p className="meta">
        Policy version {policy.version}
        <Revealed text={risk.reasons.length > 0 ? ` · ${risk.reasons.join(' · ')}` : ''} />
      </p>
    </section>
  );
}

const Fallback = ({ rule }: { rule: string | null }) =>
  rule ? (
    <p>
      Rule{' '}
      <b>
        <Revealed text={rule} />
      </b>{' '}
      matched.
    </p>
  ) : (
    <p>No rule of the policy names this action, so its default asks a person.</p>
  );

function Step({ step }: { step: TraceStep }) {
  if (step.kind === 'default') return <Fallback rule={null} />;
  return (
    <div className="leading-7">
      {step.kind === 'trusted' ? 'Trusted pattern' : 'Rule'}{' '}
      <b>
        <Revealed text={step.rule ?? ''} />
      </b>
      {step.result === 'error' ? ' could not be judged, so a person is asked' : step.decided_by ? ': ' : ' matched'}
      {step.decided_by && step.result !== 'error' ? <Decided step={step} /> : '. '}
      {step.error ? (
        <code className={CODE}>
          <Revealed text={step.error} />
        </code>
      ) : null}
    </div>
  );
}

function Decided({ step }: { step: TraceStep }) {
  const { expression, values, result } = step.decided_by!;
  return (
    <>
      <code className="rounded-[5px] bg-warn-soft px-1.5 py-0.5 font-semibold text-warn">
        <Revealed text={expression} />
      </code>{' '}
      is {plain(result)}
      {values.length > 0 ? ', because ' : '.'}
      {values.map(({ name, value }, at) => (
        <span key={name}>
          <code className={CODE}>
            <Revealed text={name} />
          </code>{' '}
          is{' '}
          <code className={CODE}>
            <Clipped text={JSON.stringify(value)} />
          </code>
          {at === values.length - 1 ? '.' : ' and '}
        </span>
      ))}
    </>
  );
}

const requirementText = (stages: Stage[]): string => {
  const words = stages.map(({ from, count }) => `${count === 1 ? '' : `${count} people of `}${sourcesText(from)}`);
  return `To approve: ${words.join(', then ')}.`;
};
