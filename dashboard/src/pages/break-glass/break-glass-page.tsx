// Break-glass: an emergency override of one exact action, and the reviews that it owes.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { BREAK_GLASS_ROLE, REVIEWS_BREAK_GLASS } from '../../../../core/break-glass.ts';
import { breakGlassQuery } from '../../api/queries.ts';
import type { BreakGlassUse } from '../../api/types.ts';
import { useSession } from '../../session-gate.tsx';
import { Go, requestPath } from '../../ui/go.tsx';
import { useNames } from '../../ui/names.ts';
import { PageFrame, Section } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';
import { EmergencyForm } from './emergency-form.tsx';
import { ReviewDialog } from './review-dialog.tsx';

export function BreakGlassPage() {
  const { roles } = useSession().user;
  return (
    <PageFrame title="Break glass">
      <p className="text-ink-2">
        For an emergency in which nobody can be asked: one person lets one exact action through, signs it, and everybody
        is told. It is never possible over a deny or a stop, and each use must be reviewed by somebody else.
      </p>
      <Uses />
      {roles.includes(BREAK_GLASS_ROLE) ? (
        <EmergencyForm />
      ) : (
        <p className="meta">Breaking glass needs the role {BREAK_GLASS_ROLE}, which an administrator’s change gives.</p>
      )}
    </PageFrame>
  );
}

function Uses() {
  const query = useQuery(breakGlassQuery);
  const nameOf = useNames();
  const { user } = useSession();
  const [reviewing, setReviewing] = useState<BreakGlassUse | null>(null);
  const may = REVIEWS_BREAK_GLASS.some((role) => user.roles.includes(role));
  return (
    <Section title="Uses">
      <QueryView query={query} what="the uses">
        {({ data }) => (
          <Table
            label="Uses"
            rows={data.toReversed()}
            rowKey={({ request }) => request}
            empty={<p className="text-ink-2">The glass was never broken.</p>}
            columns={[
              { head: 'By', cell: (use) => <b className="wrap-anywhere">{nameOf(use.user)}</b> },
              { head: 'For', cell: ({ actor }) => <Revealed text={actor} /> },
              { head: 'When', cell: ({ used_at }) => <When at={used_at} /> },
              { head: 'What', cell: ({ request }) => <Go to={requestPath(request)}>{request}</Go> },
              { head: 'Review', cell: (use) => <Standing use={use} nameOf={nameOf} /> },
              {
                head: 'Change',
                cell: (use) =>
                  use.open && may && use.user !== user.id ? (
                    <button type="button" className="btn small" onClick={() => setReviewing(use)}>
                      Review<span className="sr-only"> the use of {nameOf(use.user)}</span>
                    </button>
                  ) : null,
              },
            ]}
          />
        )}
      </QueryView>
      {reviewing ? <ReviewDialog use={reviewing} onClose={() => setReviewing(null)} /> : null}
    </Section>
  );
}

const VERDICTS = { justified: 'Justified', not_justified: 'Not justified' } as const;

function Standing({ use, nameOf }: { use: BreakGlassUse; nameOf: (id: string) => string }) {
  if (use.review === null) return <span className="status">Waits for its review</span>;
  const { verdict, by, comment } = use.review;
  return (
    <>
      {VERDICTS[verdict]}, says {nameOf(by)}: <Revealed text={comment} lines />
    </>
  );
}
