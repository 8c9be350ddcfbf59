// Everything that is signed, in fixed slots: parameters first, then action, resource, who, metadata. Under each name stands
// its exact path, so that no name can pass for another.
import { type ReactNode, useMemo } from 'react';
import { alikeAt, pathText } from '../../../../core/display/path.ts';
import { isObject } from '../../../../core/json.ts';
import type { ApprovalRequest, Json, JsonObject } from '../../api/types.ts';
import { type Fact, factsOf, labelOf, noteOf, plain } from '../../text/facts.ts';
import { useAlikes } from '../../ui/alike.ts';
import { Clipped, LongText, Many } from '../../ui/long-text.tsx';
import { Revealed, TextWarnings } from '../../ui/revealed.tsx';

/** What the value replaces: the proposal before an edit, or what the agent says was there before. */
function beforeOf(request: ApprovalRequest): JsonObject | null {
  if (request.effective.params_digest !== request.params_digest) return request.params;
  const before = isObject(request.preview) ? request.preview.before : undefined;
  return isObject(before) ? before : null;
}

export function FactsCard({ request }: { request: ApprovalRequest }) {
  const { action, resource, actor, metadata, constraints, precondition } = request;
  const alike = useAlikes('params', request.effective.params);
  const facts = useMemo(
    () => factsOf(request.effective.params, beforeOf(request), request.parameters, alike),
    [request, alike],
  );
  return (
    <section className="card" aria-labelledby="facts">
      <h2 id="facts" className="sr-only">
        What will happen
      </h2>
      <dl className="grid">
        <Many items={facts} of="of the parameters" textOf={({ path, text }) => `${path}\n${text}`}>
          {(fact) => <ParameterSlot key={fact.path} fact={fact} />}
        </Many>
        {Object.entries({ action, resource, actor }).map(([name, text]) => (
          <NameSlot key={name} name={name} text={text} />
        ))}
        <JsonSlots root="metadata" label={labelOf} value={metadata} />
        <JsonSlots root="constraints" label={(key) => `Bound: ${key}`} value={constraints} />
        {precondition ? (
          <JsonSlot label="Only if still" path={['precondition']} value={precondition} alike={[]} />
        ) : null}
      </dl>
    </section>
  );
}

const NameSlot = ({ name, text }: { name: string; text: string }) => (
  <Slot label={labelOf(name)} path={name} alike={[]}>
    <code>
      <Revealed text={text} />
    </code>
    <TextWarnings text={text} />
  </Slot>
);

function ParameterSlot({ fact }: { fact: Fact }) {
  return (
    <Slot {...fact} big={fact.weight === 'big'}>
      {fact.was === null ? null : (
        <del className="mr-1.5 font-normal text-ink-3">
          <span className="sr-only">before: </span>
          <LongText text={fact.was} path={`${fact.path}, as it was before`} />
        </del>
      )}
      <LongText text={fact.text} path={fact.path} />
      {fact.notes.map((note) => (
        <span key={note} className="meta ml-2 inline-block font-normal">
          <Revealed text={note} />
        </span>
      ))}
      <TextWarnings text={fact.text} />
    </Slot>
  );
}

/** Each member of an object of the caller's, under the caller's own name for it. */
function JsonSlots({ root, label, value }: { root: string; label: (key: string) => string; value: JsonObject }) {
  const alike = useAlikes(root, value);
  return (
    <Many
      items={Object.entries(value)}
      of={root === 'metadata' ? 'of metadata' : 'of the bound values'}
      textOf={([key, member]) => `${key}\n${plain(member)}`}
    >
      {([key, member]) => (
        <JsonSlot key={key} label={label(key)} path={[root, key]} value={member} alike={alikeAt(alike, [root, key])} />
      )}
    </Many>
  );
}

interface JsonSlotProps {
  label: string;
  path: readonly string[];
  value: Json;
  alike: readonly string[];
}

const JsonSlot = ({ label, path, value, alike }: JsonSlotProps) => (
  <Slot label={label} path={pathText(path)} alike={alike}>
    <LongText text={plain(value)} path={pathText(path)} />
    {noteOf(value) === null ? null : <span className="meta ml-2 inline-block font-normal">{noteOf(value)}</span>}
    <TextWarnings text={plain(value)} />
  </Slot>
);

interface SlotProps {
  label: string;
  path: string;
  alike: readonly string[];
  big?: boolean;
  children: ReactNode;
}

function Slot({ label, path, alike, big = false, children }: SlotProps) {
  return (
    <div className="grid grid-cols-[112px_minmax(0,1fr)] items-baseline gap-3 border-t border-line px-4 py-[11px] first:border-t-0">
      <dt className="text-s wrap-anywhere text-ink-3">
        <Clipped text={label} />
        <PathOf path={path} />
      </dt>
      <dd className={`num wrap-anywhere ${big ? 'text-l font-semibold' : 'font-medium'}`}>
        {children}
        <Alike paths={alike} />
      </dd>
    </div>
  );
}

/** The exact path under a name. */
export const PathOf = ({ path }: { path: string }) => (
  <>
    <code className="block text-[11px] leading-tight">
      <LongText text={path} path={path} />
    </code>
    <TextWarnings text={path} />
  </>
);

/** What a name could be taken for, and is not. */
export const Alike = ({ paths }: { paths: readonly string[] }) =>
  paths.length === 0 ? null : (
    <span className="block text-s font-normal text-bad">
      Not the same as <Clipped text={paths.join(', ')} />
    </span>
  );
