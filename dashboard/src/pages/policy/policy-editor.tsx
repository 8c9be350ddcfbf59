// Editing: a plain text box with line numbers, errors at line:column that jump to their place, then the diff and the signature.
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { isObject } from '../../../../core/json.ts';
import { ApiProblem, ask, type Place } from '../../api/client.ts';
import type { Change, PolicyVersion, Simulation } from '../../api/types.ts';
import { ChangeResult, ChangeSigner } from '../../ui/change/change-signer.tsx';
import { useChange } from '../../ui/change/use-change.ts';
import { Face, Failure } from '../../ui/face.tsx';
import { SimulationView } from './simulation.tsx';

/** As many past requests as are judged at once. */
const SIMULATED = 10_000;

interface Props {
  base: PolicyVersion;
  /** As it is in force. */
  published: string;
  /** What is edited to begin with. */
  source: string;
  onDone: () => void;
}

export function PolicyEditor({ base, published, source, onDone }: Props) {
  const [draft, setDraft] = useState(source);
  // What is typed is of the policy that it began with: one that somebody publishes meanwhile is not overwritten unseen.
  const [begun] = useState({ base, published });
  const flow = useChange();
  const { proposal } = flow;
  const simulation = useMutation({
    mutationFn: () => ask<Simulation>('/v1/policy/simulations', { source: draft, limit: SIMULATED }),
  });
  // Checked first, so that a draft with a fault leaves no proposal behind.
  const check = useMutation({
    mutationFn: () => ask('/v1/policy/checks', { source: draft }),
    onSuccess: () => proposal.mutate({ kind: 'policy', value: { source: draft }, base_digest: begun.base.digest }),
  });
  const edit = (text: string) => {
    setDraft(text);
    simulation.reset();
    proposal.reset();
    check.reset();
  };
  const isChecking = check.isPending || proposal.isPending;
  if (flow.applied) {
    return (
      <div className="grid gap-3">
        <ChangeResult change={flow.applied} secretLabel="secret" />
        <div>
          <button type="button" className="btn" onClick={onDone}>
            Show the policy in force
          </button>
        </div>
      </div>
    );
  }
  if (flow.change && !holdsDraft(flow.change, draft)) return <NotTheDraft />;
  if (flow.change) return <ChangeSigner change={flow.change} flow={flow} onBack={flow.reset} />;
  return (
    <div className="grid gap-3">
      <Editor draft={draft} onChange={edit} error={check.error ?? proposal.error ?? simulation.error} />
      <div className="flex flex-wrap items-center gap-3">
        <button
          type="button"
          className="btn"
          disabled={draft === begun.published || isChecking}
          onClick={() => check.mutate()}
        >
          {isChecking ? 'Checking…' : 'Check and show the diff'}
        </button>
        <button type="button" className="btn" disabled={simulation.isPending} onClick={() => simulation.mutate()}>
          {simulation.isPending ? 'Judging…' : 'Try it on past requests'}
        </button>
        <button type="button" className="btn quiet" onClick={onDone}>
          Discard
        </button>
        <span className="meta">Nothing is in force before you have seen the diff and signed it.</span>
      </div>
      {simulation.data ? <SimulationView simulation={simulation.data} /> : null}
    </div>
  );
}

/** Whether what would be signed is what was typed. */
const holdsDraft = ({ after }: Change, draft: string): boolean => isObject(after) && after.source === draft;

const NotTheDraft = () => (
  <Face title="The server answered with another policy than you wrote" alarm>
    <p className="text-ink-2">Nothing was signed. Reload, and tell your administrator if it happens again.</p>
  </Face>
);

interface EditorProps {
  draft: string;
  onChange: (draft: string) => void;
  error: Error | null;
}

function Editor({ draft, onChange, error }: EditorProps) {
  const box = useRef<HTMLTextAreaElement>(null);
  const places = error instanceof ApiProblem ? error.places : [];
  const go = (place: Place) => {
    const at = offsetOf(draft, place.line ?? 1, place.column ?? 1);
    box.current?.focus();
    box.current?.setSelectionRange(at, endOfLine(draft, at));
  };
  return (
    <>
      <label htmlFor="policy-source" className="text-s font-semibold">
        Policy source (YAML)
      </label>
      <textarea
        id="policy-source"
        ref={box}
        className="field font-mono text-s leading-6 whitespace-pre"
        rows={Math.min(26, Math.max(16, draft.split('\n').length + 2))}
        spellCheck={false}
        autoCapitalize="off"
        aria-invalid={places.length > 0}
        aria-describedby={places.length > 0 ? 'policy-errors' : undefined}
        value={draft}
        onChange={(event) => onChange(event.target.value)}
      />
      {places.length > 0 ? <Places places={places} onGo={go} /> : null}
      {error && places.length === 0 ? <Failure error={error} /> : null}
    </>
  );
}

const Places = ({ places, onGo }: { places: Place[]; onGo: (place: Place) => void }) => (
  <div id="policy-errors" role="alert" className="card grid gap-2 p-4">
    <p className="font-semibold">
      {places.length === 1 ? 'One place is' : `${places.length} places are`} not right. Nothing was changed.
    </p>
    <ul className="grid gap-1">
      {places.map((place) => (
        <li key={`${place.pointer}${place.line}${place.detail}`} className="flex items-baseline gap-3">
          <button
            type="button"
            className="num cursor-pointer font-mono text-accent underline"
            onClick={() => onGo(place)}
          >
            {place.line ?? 1}:{place.column ?? 1}
          </button>
          <span className="min-w-0">
            {place.detail} <code className="text-s text-ink-2">{place.pointer}</code>
          </span>
        </li>
      ))}
    </ul>
  </div>
);

/** Line and column, from 1 → offset in the text. */
function offsetOf(text: string, line: number, column: number): number {
  const before = text.split('\n').slice(0, line - 1);
  return Math.min(text.length, before.reduce((sum, each) => sum + each.length + 1, 0) + column - 1);
}

const endOfLine = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
};
