// An empty queue teaches: what would make a request appear here.
import { Link } from '@tanstack/react-router';
import { CopyBlock } from '../../ui/copy.tsx';
import { Face } from '../../ui/face.tsx';

const curl = (origin: string) => `curl ${origin}/v1/approval-requests \\
  -H "Authorization: Bearer $ASSENTRY_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"action": "deployment.execute",
       "resource": "service:billing-api",
       "risk": "high",
       "params": {"version": "v2.1.0"},
       "metadata": {"environment": "production"}}'`;

export function EmptyQueue({ others, filtered }: { others: number; filtered: boolean }) {
  if (others > 0) {
    return (
      <Face title={filtered ? 'Nothing matches these filters' : 'Nothing waits for you'}>
        <p className="text-ink-2">
          {others} {others === 1 ? 'request waits' : 'requests wait'} in all.{' '}
          <Link to="/" search={{ view: 'all' }}>
            Show all
          </Link>
        </p>
      </Face>
    );
  }
  return (
    <Face title="Nothing waits for a decision">
      <p className="text-ink-2">
        A request appears here as soon as an agent asks and your <Link to="/policy">policy</Link> wants a person. Try it
        with a key from <Link to="/machines">Machines</Link>:
      </p>
      <CopyBlock text={curl(location.origin)} label="command" />
    </Face>
  );
}
