// Who said that they are on it, as long as that means something.
import type { ApprovalRequest } from '../../api/types.ts';
import { Revealed } from '../../ui/revealed.tsx';
import { usePassed } from '../../ui/when.tsx';

export function Claimed({ request }: { request: ApprovalRequest }) {
  // Rows of lists may be older than the field.
  const claim = request.claim ?? null;
  return claim === null ? null : <Held name={claim.reviewer.name} until={claim.until} />;
}

function Held({ name, until }: { name: string; until: string }) {
  if (usePassed(until)) return null;
  return (
    <span className="block text-s text-ink-2">
      <Revealed text={name} /> is on it
    </span>
  );
}
