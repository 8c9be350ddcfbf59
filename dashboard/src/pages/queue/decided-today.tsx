// What was decided in the last 24 hours, below the queue.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { requestsQuery } from '../../api/queries.ts';
import { Section } from '../../ui/page.tsx';
import { DecidedRow } from './queue-row.tsx';

const DAY_MS = 86_400_000;
const SHOWN = 8;

export function DecidedToday() {
  const query = useQuery(requestsQuery({ limit: '50' }));
  const decided = (query.data?.data ?? [])
    .filter(
      (request) =>
        request.status !== 'pending' && Date.now() - Date.parse(request.decided_at ?? request.updated_at) < DAY_MS,
    )
    .slice(0, SHOWN);
  if (decided.length === 0) return null;
  return (
    <Section title="Decided in the last 24 hours" actions={<Link to="/requests">All requests</Link>}>
      <ul className="card overflow-hidden">
        {decided.map((request) => (
          <DecidedRow key={request.id} request={request} />
        ))}
      </ul>
    </Section>
  );
}
