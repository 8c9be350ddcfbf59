// In whose right somebody voted, where it was not their own: beside the name, in every list of votes.
import type { Decision } from '../api/types.ts';
import { Revealed } from './revealed.tsx';

export function OnBehalf({ vote: { delegation } }: { vote: Decision }) {
  if (!delegation) return null;
  return (
    <span className="min-w-0 wrap-anywhere">
      on behalf of <Revealed text={delegation.from.name || delegation.from.id} /> (delegated)
    </span>
  );
}
