// A draft tried on past requests: how many would be answered otherwise, and the newest of them. Advice alone.
import { DIFFERENCE_WORDS } from '../../../../core/policy/simulate/words.ts';
import type { ApprovalRequest, Simulation } from '../../api/types.ts';
import { Go, requestPath } from '../../ui/go.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { Table } from '../../ui/table.tsx';

type Kind = keyof Simulation['differences'];
type Example = Simulation['differences'][Kind]['examples'][number];

const VERDICTS = [
  ['allow', 'Let through without a person'],
  ['require_approval', 'A person is asked'],
  ['deny', 'Denied'],
  ['refused', 'Parameters do not fit'],
] as const;

export function SimulationView({ simulation }: { simulation: Simulation }) {
  const differing = DIFFERENCE_WORDS.filter(([kind]) => simulation.differences[kind].count > 0);
  return (
    <section aria-label="Simulation" className="grid gap-3">
      <p role="status">
        <b className="num">{simulation.judged}</b> past requests judged by this draft
        {simulation.erased > 0 ? `; ${simulation.erased} are erased and cannot be` : ''}
        {simulation.complete ? '.' : '. Time was up: the newest were not looked at.'}
      </p>
      <Table
        label="Verdicts as they were and by the draft"
        rows={VERDICTS.filter(([verdict]) => verdict !== 'refused' || simulation.verdicts.draft.refused > 0)}
        rowKey={([verdict]) => verdict}
        empty={null}
        columns={[
          { head: 'Verdict', cell: ([, word]) => word },
          {
            head: 'As it was',
            cell: ([verdict]) => <span className="num">{simulation.verdicts.recorded[verdict]}</span>,
          },
          { head: 'By this draft', cell: ([verdict]) => <b className="num">{simulation.verdicts.draft[verdict]}</b> },
        ]}
      />
      {differing.length === 0 ? <p>Nothing would be otherwise.</p> : null}
      {differing.map(([kind, word]) => (
        <Differing key={kind} word={word} difference={simulation.differences[kind]} />
      ))}
    </section>
  );
}

function Differing({ word, difference }: { word: string; difference: Simulation['differences'][Kind] }) {
  const { count, fates, examples } = difference;
  return (
    <details className="card p-3" open={word === 'Newly let through'}>
      <summary className="cursor-pointer font-semibold">
        {word}: <span className="num">{count}</span>
        {fates.rejected > 0 ? <span className="ml-2 text-bad">{fates.rejected} of them people rejected</span> : null}
      </summary>
      <ul className="mt-2 grid gap-2">
        {examples.map((example) => (
          <Sample key={example.id} example={example} />
        ))}
      </ul>
    </details>
  );
}

const Sample = ({ example: { id, action, resource, recorded, draft } }: { example: Example }) => (
  <li className="grid gap-0.5">
    <Go to={requestPath(id satisfies ApprovalRequest['id'])} className="min-w-0 wrap-anywhere text-accent underline">
      <Revealed text={`${action} on ${resource}`} />
    </Go>
    <span className="meta wrap-anywhere">
      {recorded.rule ?? 'default'} → {draft.rule ?? 'default'}
      {recorded.risk === draft.risk ? '' : ` · ${recorded.risk} → ${draft.risk}`}
    </span>
  </li>
);
