// A few numbers about how requests are decided. Each is a figure with its words; the actions are a table.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { metricsQuery } from '../api/queries.ts';
import type { Metrics } from '../api/types.ts';
import { span } from '../text/time.ts';
import { PageFrame, Section } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Revealed } from '../ui/revealed.tsx';
import { Table } from '../ui/table.tsx';

const seconds = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : span(value);
/** All and none are said of all and none only. */
const percent = (value: number | null | undefined): string => {
  if (value === null || value === undefined) return '–';
  const whole = Math.round(value * 100);
  if (whole === 100 && value < 1) return 'over 99 %';
  return whole === 0 && value > 0 ? 'under 1 %' : `${whole} %`;
};

export function MetricsPage() {
  const query = useQuery(metricsQuery);
  return (
    <PageFrame title="Metrics">
      <QueryView query={query} what="the metrics">
        {(metrics) => <Figures metrics={metrics} />}
      </QueryView>
    </PageFrame>
  );
}

const Figures = ({ metrics }: { metrics: Metrics }) => (
  <>
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
      <Figure name="Waiting now">{metrics.pending}</Figure>
      <Figure name="Approved">{metrics.approved}</Figure>
      <Figure name="Rejected">{metrics.rejected}</Figure>
      <Figure name="Expired undecided">{metrics.expired}</Figure>
      <Figure name="Approval rate">{percent(metrics.approval_rate)}</Figure>
      <Figure name="Time to decide, median">{seconds(metrics.median_seconds_to_decide)}</Figure>
      <Figure name="Time to decide, slowest 5 %">{seconds(metrics.p95_seconds_to_decide)}</Figure>
    </dl>
    <Section title="Most asked actions">
      <Table
        label="Most asked actions"
        rows={metrics.top_actions ?? []}
        rowKey={({ action }) => action}
        empty={<p className="text-ink-2">No agent has asked yet.</p>}
        columns={[
          {
            head: 'Action',
            cell: ({ action }) => (
              <code>
                <Revealed text={action} />
              </code>
            ),
          },
          { head: 'Requests', cell: ({ count }) => <span className="num">{count}</span> },
        ]}
      />
    </Section>
  </>
);

const Figure = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="card grid gap-1 px-4 py-3">
    <dt className="meta">{name}</dt>
    <dd className="num text-xl font-semibold">{children}</dd>
  </div>
);
