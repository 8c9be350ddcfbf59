// What the agent says, apart from the facts and marked as such. It is not checked by anyone, and all of it is shown, because
// a reviewer signs it as well.
import { useMemo } from 'react';
import { alikeAt, pathText } from '../../../../core/display/path.ts';
import { isObject } from '../../../../core/json.ts';
import type { ApprovalRequest, Json } from '../../api/types.ts';
import { labelOf, noteOf, plain } from '../../text/facts.ts';
import { useAlikes } from '../../ui/alike.ts';
import { Diff } from '../../ui/diff.tsx';
import { Clipped, LongText, Many } from '../../ui/long-text.tsx';
import { TextWarnings } from '../../ui/revealed.tsx';
import { Alike, PathOf } from './facts-card.tsx';

const BLOCK = 'grid gap-1 rounded-r-[10px] border-l-3 border-edge bg-well px-4 py-3';

type Member = readonly [path: readonly string[], value: Json];

/** The members of an object, each with its path; anything else is one. */
const membersOf = (root: string, value: Json): Member[] =>
  isObject(value) ? Object.entries(value).map(([key, member]) => [[root, key], member]) : [[[root], value]];

/** The reason first: it is what most agents say. */
const isReason = ([path]: Member): boolean => path[1] === 'reason';

const textOf = ([path, value]: Member): string => `${pathText(path)}\n${plain(value)}`;

export function AgentWords({ request: { context, preview } }: { request: ApprovalRequest }) {
  const said = useMemo(
    () =>
      context === null ? [] : membersOf('context', context).sort((a, b) => Number(isReason(b)) - Number(isReason(a))),
    [context],
  );
  const shown = useMemo(() => (preview === null ? [] : membersOf('preview', preview)), [preview]);
  const [inContext, inPreview] = [useAlikes('context', context), useAlikes('preview', preview)];
  return (
    <section className={BLOCK} aria-labelledby="agent">
      <h2 id="agent">Written by the agent</h2>
      {said.length === 0 && shown.length === 0 ? <p className="meta">It gave no reason.</p> : null}
      <Many items={said} of="of context" textOf={textOf}>
        {(member) => <Said key={pathText(member[0])} member={member} alike={inContext} />}
      </Many>
      <Many items={shown} of="of the preview" textOf={textOf}>
        {(member) => <Said key={pathText(member[0])} member={member} alike={inPreview} />}
      </Many>
    </section>
  );
}

function Said({ member: [path, value], alike }: { member: Member; alike: ReadonlyMap<string, string[]> }) {
  const text = plain(value);
  const exact = pathText(path);
  return (
    <div className="grid gap-0.5 pt-1 wrap-anywhere">
      <div className="meta">
        <Clipped text={labelOf(path.at(-1)!)} />
        <PathOf path={exact} />
        <Alike paths={alikeAt(alike, path)} />
      </div>
      {exact === 'preview.diff' && typeof value === 'string' ? (
        <Diff text={value} label="The agent’s preview" path={exact} />
      ) : (
        <LongText text={text} path={exact} />
      )}
      {noteOf(value) === null ? null : <span className="meta">{noteOf(value)}</span>}
      <TextWarnings text={text} />
    </div>
  );
}
