// Who edited what: both sides of every changed parameter, computed on this page from what was asked and what may run.
import { diffOf, type FieldChange } from '../../../../core/edit.ts';
import { amountTexts } from '../../../../core/policy/parameters/amounts.ts';
import type { ApprovalRequest, Json, JsonObject } from '../../api/types.ts';
import { plain } from '../../text/facts.ts';
import { LongText } from '../../ui/long-text.tsx';
import { Revealed, TextWarnings } from '../../ui/revealed.tsx';
import { When } from '../../ui/when.tsx';

/** Nothing where nobody edited. */
export function Edits({ request }: { request: ApprovalRequest }) {
  const edits = request.edits ?? [];
  if (edits.length === 0) return null;
  return (
    <section className="card grid gap-2 px-4 py-3" aria-labelledby="edits">
      <h2 id="edits">Edited by a reviewer</h2>
      {edits.map(({ editor, edited_at, comment, mode }) => (
        <p key={edited_at}>
          <b className="wrap-anywhere">
            <Revealed text={editor.name || editor.id} />
          </b>{' '}
          {mode === 'narrow' ? 'reduced it' : 'changed it'} <When at={edited_at} />
          {comment === null ? null : ': '}
          {comment === null ? null : <Revealed text={comment} lines />}
        </p>
      ))}
      <Changes before={request.params} after={request.effective.params} schema={request.parameters} />
      <p className="meta">Only the edited action can run. Approvals from before an edit count no more.</p>
    </section>
  );
}

interface Sides {
  before: JsonObject;
  after: JsonObject;
  schema: ApprovalRequest['parameters'];
}

/** Each difference with both sides; money also as people write it. */
export function Changes({ before, after, schema }: Sides) {
  const changes = diffOf(before, after);
  const [was, is] = [amountTexts(before, schema), amountTexts(after, schema)];
  if (changes.length === 0) return <p className="meta">Nothing differs from what was asked.</p>;
  return (
    <ul className="grid gap-1" aria-label="What differs from what was asked">
      {changes.map((change) => (
        <Change
          key={change.pointer}
          change={change}
          was={was.get(change.pointer) ?? null}
          is={is.get(change.pointer) ?? null}
        />
      ))}
    </ul>
  );
}

interface ChangeProps {
  change: FieldChange;
  was: string | null;
  is: string | null;
}

const inMoney = (text: string | null): string => (text === null ? '' : ` (${text})`);

/** Bare, unless both sides would look the same: the text `5` and the number 5. */
const sideOf = (side: Json, other: Json): string => (plain(side) === plain(other) ? JSON.stringify(side) : plain(side));

const Change = ({ change: { pointer, kind, from, to }, was, is }: ChangeProps) => (
  <li className="num wrap-anywhere">
    <code className="text-ink-2">
      <Revealed text={pointer} />
    </code>
    <TextWarnings text={pointer} />{' '}
    {kind === 'added' ? null : (
      <del className="text-ink-3">
        <span className="sr-only">before: </span>
        <LongText text={sideOf(from, to) + inMoney(was)} path={`${pointer}, before`} />
      </del>
    )}{' '}
    {kind === 'removed' ? (
      <span>removed</span>
    ) : (
      <ins className="font-semibold no-underline">
        <span className="sr-only">after: </span>
        <LongText text={sideOf(to, from) + inMoney(is)} path={`${pointer}, after`} />
      </ins>
    )}
  </li>
);
