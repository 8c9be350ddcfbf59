// What people always approved, as patterns that could be trusted. Each goes into a draft, which is checked, tried and
// signed like any other; nothing applies itself.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { suggestionsQuery } from '../../api/queries.ts';
import type { Suggestions as Answer } from '../../api/types.ts';
import { Failure } from '../../ui/face.tsx';
import { Section } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { ScrollBlock } from '../../ui/scroll-block.tsx';

type Suggestion = Answer['data'][number];
type NotSuggested = Answer['not_suggested'][number];

interface Props {
  /** The policy in force, into which a pattern goes. */
  source: string;
  onDraft: (draft: string) => void;
}

export function Suggestions(props: Props) {
  const [wanted, setWanted] = useState(false);
  const query = useQuery({ ...suggestionsQuery, enabled: wanted });
  return (
    <Section title="Suggestions">
      <p className="text-ink-2">
        What at least two people approved every single time, at least twenty times, could be trusted: with nothing that
        was not seen, a budget and an end.
      </p>
      {wanted ? (
        <QueryView query={query} what="the suggestions">
          {(answer) => <Found answer={answer} {...props} />}
        </QueryView>
      ) : (
        <div>
          <button type="button" className="btn small" onClick={() => setWanted(true)}>
            Look through past requests
          </button>
        </div>
      )}
    </Section>
  );
}

function Found({ answer, ...props }: { answer: Answer } & Props) {
  if (!answer.complete)
    return <p role="status">Time was up before all requests were looked at: nothing is suggested.</p>;
  if (answer.data.length + answer.not_suggested.length === 0)
    return (
      <p role="status">
        The last {answer.considered} requests suggest nothing. People said no now and then, or seldom yes.
      </p>
    );
  return (
    <ul className="grid gap-3">
      {answer.data.map((suggestion) => (
        <One key={suggestion.pattern.id} suggestion={suggestion} {...props} />
      ))}
      {answer.not_suggested.map((one) => (
        <Unbounded key={JSON.stringify([one.rule, one.action, one.actor, one.kind])} one={one} />
      ))}
    </ul>
  );
}

function One({ suggestion, source, onDraft }: { suggestion: Suggestion } & Props) {
  const [error, setError] = useState<unknown>(null);
  const { action, resources, actor, approved, people, simulation, yaml, pattern, bounds } = suggestion;
  const add = async () => {
    const { withTrusted } = await import('../../../../core/policy/text.ts');
    const drafted = withTrusted(source, pattern);
    if (drafted.ok) onDraft(drafted.value.source);
    else setError(new Error(drafted.problem.detail));
  };
  return (
    <li className="card grid gap-2 p-4">
      <p className="wrap-anywhere">
        <Revealed text={`${action} on ${resources.join(', ')} by ${actor}`} />: approved{' '}
        <b className="num">{approved}</b> of <span className="num">{approved}</span> times by{' '}
        <b className="num">{people}</b> people. It would have let <b className="num">{simulation.would_let_through}</b>{' '}
        requests through, none of which was rejected.
      </p>
      <p>It lets through, without a person, these values in any combination, and nothing else:</p>
      <ul className="list-disc pl-5 wrap-anywhere">
        {bounds.map((bound) => (
          <li key={bound}>
            <Revealed text={bound} />
          </li>
        ))}
      </ul>
      <ScrollBlock label={`Pattern for ${action}`} className="rounded-lg bg-well p-3 whitespace-pre-wrap">
        <Revealed text={yaml} lines />
      </ScrollBlock>
      {error === null ? null : <Failure error={error} />}
      <div>
        <button type="button" className="btn small" onClick={() => void add()}>
          Put it into a draft <span className="sr-only">for {action}</span>
        </button>
      </div>
    </li>
  );
}

/** Nothing bounds it: why there is no pattern. */
function Unbounded({ one }: { one: NotSuggested }) {
  const { action, actor, kind, approved, people, reason } = one;
  return (
    <li className="card grid gap-2 p-4">
      <p className="wrap-anywhere">
        <Revealed text={`${action} on ${kind}:… by ${actor}`} />: approved <b className="num">{approved}</b> of{' '}
        <span className="num">{approved}</span> times by <b className="num">{people}</b> people. Nothing is suggested.
      </p>
      <p className="text-ink-2 wrap-anywhere">
        <Revealed text={reason} />
      </p>
    </li>
  );
}
