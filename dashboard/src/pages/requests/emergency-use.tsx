// Where a request was let through by breaking glass: who, why, and that nobody approved it.
import type { ApprovalRequest } from '../../api/types.ts';
import { Go } from '../../ui/go.tsx';
import { Section } from '../../ui/page.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { When } from '../../ui/when.tsx';

export function EmergencyUse({ request }: { request: ApprovalRequest }) {
  // Lists may hold a request from before the field was there.
  const use = request.break_glass ?? null;
  if (use === null) return null;
  return (
    <Section title="Let through by breaking glass">
      <div className="card grid gap-1 p-4">
        <p>
          <b className="wrap-anywhere">
            <Revealed text={use.user.name || use.user.id} />
          </b>{' '}
          broke the glass <When at={use.used_at} />. Nobody approved this.
        </p>
        <p>
          <Revealed text={use.reason} lines />
        </p>
        {use.external_ref ? (
          <p className="meta">
            Reference <Revealed text={use.external_ref} />
          </p>
        ) : null}
        <p className="meta">
          Its review stands under <Go to="/break-glass">Break glass</Go>.
        </p>
      </div>
    </Section>
  );
}
