// Everything that is signed, in fixed slots: parameters first, then action, resource, who, metadata.
import type { ReactNode } from 'react';
import { isObject } from '../../../../core/json.ts';
import type { ApprovalRequest, Json, JsonObject } from '../../api/types.ts';
import { type Fact, factsOf, labelOf, plain } from '../../text/facts.ts';
import { LongText, Revealed, TextWarnings } from '../../ui/revealed.tsx';

/** What the value replaces: the proposal before an edit, or what the agent says was there before. */
function beforeOf(request: ApprovalRequest): JsonObject | null {
  if (request.effective.params_digest !== request.params_digest) return request.params;
  const before = isObject(request.preview) ? request.preview.before : undefined;
  return isObject(before) ? before : null;
}

export function FactsCard({ request }: { request: ApprovalRequest }) {
  const facts = factsOf(request.effective.params, beforeOf(request), request.parameters);
  const constraints = Object.entries(request.constraints);
  return (
    <section className="card" aria-labelledby="facts">
      <h2 id="facts" className="sr-only">
        What will happen
      </h2>
      <dl className="grid">
        {facts.map((fact) => (
          <ParameterSlot key={fact.path} fact={fact} />
        ))}
        <Slot label="Action">
          <code>
            <Revealed text={request.action} />
          </code>
          <TextWarnings text={request.action} />
        </Slot>
        <Slot label="Resource">
          <code>
            <Revealed text={request.resource} />
          </code>
          <TextWarnings text={request.resource} />
        </Slot>
        <Slot label="Actor">
          <code>
            <Revealed text={request.actor} />
          </code>
          <TextWarnings text={request.actor} />
        </Slot>
        {Object.entries(request.metadata).map(([key, value]) => (
          <JsonSlot key={key} label={labelOf(key)} value={value} />
        ))}
        {constraints.map(([key, value]) => (
          <JsonSlot key={key} label={`Bound: ${key}`} value={value} />
        ))}
        {request.precondition ? <JsonSlot label="Only if still" value={request.precondition} /> : null}
      </dl>
    </section>
  );
}

function ParameterSlot({ fact }: { fact: Fact }) {
  return (
    <Slot label={fact.label} big={fact.weight === 'big'}>
      {fact.was ? (
        <del className="mr-1.5 font-normal text-ink-3">
          <span className="sr-only">before: </span>
          <Revealed text={fact.was} />
        </del>
      ) : null}
      <LongText text={fact.text} />
      {fact.raw ? (
        <span className="meta ml-2 inline-block font-normal">
          <Revealed text={fact.raw} />
        </span>
      ) : null}
      {fact.named ? (
        <span className="meta ml-2 inline-block font-normal">
          <Revealed text={fact.named} />
        </span>
      ) : null}
      <TextWarnings text={fact.text} />
    </Slot>
  );
}

const JsonSlot = ({ label, value }: { label: string; value: Json }) => (
  <Slot label={label}>
    <LongText text={plain(value)} />
    <TextWarnings text={plain(value)} />
  </Slot>
);

function Slot({ label, big = false, children }: { label: string; big?: boolean; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[112px_minmax(0,1fr)] items-baseline gap-3 border-t border-line px-4 py-[11px] first:border-t-0">
      <dt className="text-s wrap-anywhere text-ink-3">
        <Revealed text={label} />
      </dt>
      <dd className={`num wrap-anywhere ${big ? 'text-l font-semibold' : 'font-medium'}`}>{children}</dd>
    </div>
  );
}
