// Webhook endpoints and what was sent to them, with each attempt's fate.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { deliveriesQuery, endpointsQuery } from '../../api/queries.ts';
import type { Delivery, WebhookEndpoint } from '../../api/types.ts';
import { StatusBadge } from '../../ui/badges.tsx';
import { NarrowButton } from '../../ui/narrow-button.tsx';
import { PageFrame, Section } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';
import { EndpointDialog } from './endpoint-dialog.tsx';

export function DeliveryPage() {
  const endpoints = useQuery(endpointsQuery);
  const deliveries = useQuery(deliveriesQuery);
  const [adding, setAdding] = useState(false);
  return (
    <PageFrame
      title="Delivery"
      actions={
        <button type="button" className="btn small" onClick={() => setAdding(true)}>
          New webhook endpoint
        </button>
      }
    >
      <Section title="Webhook endpoints">
        <QueryView query={endpoints} what="the endpoints">
          {({ data }) => <Endpoints endpoints={data} />}
        </QueryView>
      </Section>
      <Section title="Deliveries">
        <QueryView query={deliveries} what="the deliveries">
          {({ data }) => <Deliveries deliveries={data} />}
        </QueryView>
      </Section>
      {adding ? <EndpointDialog onClose={() => setAdding(false)} /> : null}
    </PageFrame>
  );
}

const Endpoints = ({ endpoints }: { endpoints: WebhookEndpoint[] }) => (
  <Table
    label="Webhook endpoints"
    rows={endpoints}
    rowKey={({ id }) => id}
    empty={
      <p className="text-ink-2">
        No endpoint yet. One gets a signed CloudEvent for each decision, retried until it answers 2xx.
      </p>
    }
    columns={[
      {
        head: 'Address',
        cell: ({ url }) => (
          <code className="text-s">
            <Revealed text={url} />
          </code>
        ),
      },
      { head: 'Events', cell: ({ events }) => (events ?? []).join(', ') || 'all' },
      { head: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
      {
        head: 'Change',
        cell: (endpoint) => (
          <NarrowButton
            act="Remove"
            on={endpoint.url}
            consequence="Nothing more is sent there. What was not delivered stays in the list below."
            path={`/v1/webhook-endpoints/${encodeURIComponent(endpoint.id)}`}
          />
        ),
      },
    ]}
  />
);

const Deliveries = ({ deliveries }: { deliveries: Delivery[] }) => (
  <Table
    label="Deliveries"
    rows={deliveries}
    rowKey={({ id }) => id}
    empty={<p className="text-ink-2">Nothing was sent yet.</p>}
    columns={[
      {
        head: 'Event',
        cell: (delivery) => (
          <>
            <b>{delivery.event_type}</b>
            <br />
            <code className="meta">{delivery.event}</code>
          </>
        ),
      },
      { head: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
      {
        head: 'Attempts',
        cell: ({ attempts, last_status }) => (
          <span className="num">
            {attempts}
            {last_status ? `, last answer ${last_status}` : ''}
          </span>
        ),
      },
      { head: 'Next', cell: ({ next_attempt_at }) => (next_attempt_at ? <When at={next_attempt_at} /> : '–') },
      { head: 'Made', cell: ({ created_at }) => <When at={created_at} /> },
    ]}
  />
);
