// A request whose personal part was erased: what it was is gone, that it was and who decided is still there and proved.
import type { ApprovalRequest } from '../../api/types.ts';
import { Risk, StatusBadge } from '../../ui/badges.tsx';
import { Face } from '../../ui/face.tsx';
import { useTitle } from '../../ui/page.tsx';
import { ERASED } from '../../ui/sentence-text.tsx';
import { When } from '../../ui/when.tsx';
import { Timeline } from './timeline.tsx';

export function Erased({ request }: { request: ApprovalRequest }) {
  useTitle(ERASED);
  return (
    <article className="grid gap-5">
      <header className="grid gap-2">
        <p className="flex flex-wrap items-center gap-2">
          <StatusBadge status={request.status} />
          <Risk level={request.risk.level} long />
        </p>
        <h1>{ERASED}</h1>
      </header>
      <Face title="What it said was erased">
        <p className="text-ink-2">
          Parameters, words and names are gone for good (<When at={request.erased_at!} />
          ). Every step below still stands in the ledger, and its proofs hold.
        </p>
      </Face>
      <Timeline id={request.id} />
    </article>
  );
}
