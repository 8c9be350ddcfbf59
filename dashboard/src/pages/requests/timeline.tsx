// Every step with its place in the ledger: an index is a receipt, "not sealed yet" is said as such.
import { useQuery } from '@tanstack/react-query';
import { requestEventsQuery } from '../../api/queries.ts';
import type { LedgerEvent } from '../../api/types.ts';
import { eventName } from '../../text/people.ts';
import { absolute, span } from '../../text/time.ts';
import { useNames } from '../../ui/names.ts';
import { Section } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';

export function Timeline({ id }: { id: string }) {
  const nameOf = useNames();
  const query = useQuery(requestEventsQuery(id));
  return (
    <Section title="Timeline">
      <QueryView query={query} what="the timeline">
        {({ data }) => (
          <ol className="card">
            {[...data]
              .sort((a, b) => a.seq - b.seq)
              .map((event, at, all) => (
                <Step key={event.id} event={event} before={all[at - 1]} nameOf={nameOf} />
              ))}
          </ol>
        )}
      </QueryView>
    </Section>
  );
}

interface StepProps {
  event: LedgerEvent;
  before: LedgerEvent | undefined;
  nameOf: (id: string) => string;
}

function Step({ event, before, nameOf }: StepProps) {
  const { by } = event.skeleton;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-3 border-t border-line px-4 py-2.5 first:border-t-0">
      <span className="min-w-0">
        <b>{eventName(event.type)}</b>
        {typeof by === 'string' ? <span className="text-ink-2 wrap-anywhere"> by {nameOf(by)}</span> : null}
      </span>
      <span className="meta num">{event.receipt ? `ledger entry ${event.receipt.index}` : 'not sealed yet'}</span>
      <time dateTime={event.at} className="meta num col-span-2">
        {absolute(event.at)}
        {before ? ` · ${span((Date.parse(event.at) - Date.parse(before.at)) / 1000)} later` : ''}
      </time>
    </li>
  );
}
