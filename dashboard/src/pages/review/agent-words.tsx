// What the agent says, apart from the facts and marked as such. Nobody checked it.
import { isObject } from '../../../../core/json.ts';
import type { ApprovalRequest, Json } from '../../api/types.ts';
import { labelOf, plain } from '../../text/facts.ts';
import { Diff } from '../../ui/diff.tsx';
import { LongText, TextWarnings } from '../../ui/revealed.tsx';

const BLOCK = 'grid gap-1 rounded-r-[10px] border-l-3 border-edge bg-well px-4 py-3';

export function AgentWords({ request }: { request: ApprovalRequest }) {
  const { reason, ...rest } = request.context ?? {};
  const diff = isObject(request.preview) && typeof request.preview.diff === 'string' ? request.preview.diff : null;
  const empty = reason === undefined && Object.keys(rest).length === 0 && request.preview === null;
  return (
    <section className={BLOCK} aria-labelledby="agent">
      <h2 id="agent">Written by the agent</h2>
      {empty ? <p className="meta">It gave no reason.</p> : null}
      {reason === undefined ? null : <Said value={reason} />}
      {Object.entries(rest).map(([key, value]) => (
        <div key={key} className="grid gap-0.5 pt-1">
          <p className="meta">{labelOf(key)}</p>
          <Said value={value} />
        </div>
      ))}
      {diff !== null ? <Diff text={diff} label="The agent’s preview" /> : null}
      {diff === null && request.preview !== null ? (
        <div className="grid gap-0.5 pt-1">
          <p className="meta">Preview</p>
          <Said value={request.preview} />
        </div>
      ) : null}
    </section>
  );
}

const Said = ({ value }: { value: Json }) => (
  <div className="wrap-anywhere">
    <LongText text={Array.isArray(value) ? value.map(plain).join('\n') : plain(value)} />
    <TextWarnings text={plain(value)} />
  </div>
);
