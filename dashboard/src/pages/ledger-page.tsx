// The head of the ledger: the signed checkpoint as it is, and what its three lines say.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { checkpointQuery } from '../api/queries.ts';
import { CopyBlock } from '../ui/copy.tsx';
import { PageFrame, Section } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';

export function LedgerPage() {
  const query = useQuery(checkpointQuery);
  return (
    <PageFrame title="Ledger" note="append-only, signed, verifiable without us">
      <QueryView query={query} what="the checkpoint">
        {(note) => <Head note={note} />}
      </QueryView>
      <Section title="Check it yourself">
        <div className="card grid gap-2 p-4">
          <p className="text-ink-2">
            Keep a checkpoint. A later head that does not contain it is proof that history was rewritten. The command
            verifies the signature, and that every event of the newest requests is in the log, unaltered and in order.
          </p>
          <CopyBlock text={`ASSENTRY_URL=${location.origin} npx assentry ledger verify`} label="command" />
          <p className="text-ink-2">
            The evidence of one request is a file that anybody can check:{' '}
            <Link to="/verify" className="text-accent">
              verify one in this browser
            </Link>
            .
          </p>
        </div>
      </Section>
    </PageFrame>
  );
}

function Head({ note }: { note: string }) {
  const [origin = '', size = '', root = ''] = note.split('\n');
  const signers = note.split('\n').filter((line) => line.startsWith('— '));
  return (
    <>
      <dl className="card">
        <Line name="Entries">
          <span className="num text-l font-semibold">{Number(size).toLocaleString('en')}</span>
        </Line>
        <Line name="Root">
          <code>{root}</code>
        </Line>
        <Line name="Origin">
          <code>{origin}</code>
        </Line>
        <Line name="Signed by">
          {signers.map((line) => (
            <code key={line} className="block">
              {line.split(' ')[1]}
            </code>
          ))}
        </Line>
        <Line name="Witnesses">
          {signers.length > 1 ? signers.length - 1 : 'none: the order is the operator’s word'}
        </Line>
      </dl>
      <Section title="Signed checkpoint">
        <CopyBlock text={note} label="checkpoint" />
      </Section>
    </>
  );
}

const Line = ({ name, children }: { name: string; children: React.ReactNode }) => (
  <div className="grid grid-cols-[112px_minmax(0,1fr)] items-baseline gap-3 border-t border-line px-4 py-2.5 first:border-t-0">
    <dt className="text-s text-ink-3">{name}</dt>
    <dd className="min-w-0 wrap-anywhere">{children}</dd>
  </div>
);
