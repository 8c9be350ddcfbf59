// Where the permission stands, and what the actor said happened. The outcome is its word, and named as such.
import type { ApprovalRequest } from '../../api/types.ts';
import { plain } from '../../text/facts.ts';
import { StatusBadge } from '../../ui/badges.tsx';
import { LongText } from '../../ui/long-text.tsx';
import { Section } from '../../ui/page.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { When } from '../../ui/when.tsx';

export function CapabilityState({ request }: { request: ApprovalRequest }) {
  const { capability, outcome } = request;
  if (!capability?.status && !outcome) return null;
  return (
    <Section title="Capability and outcome">
      <div className="card grid gap-2 px-4 py-3">
        {capability?.status ? (
          <p className="flex flex-wrap items-center gap-2">
            <StatusBadge status={capability.status} />
            <code className="text-s">{capability.id}</code>
            {capability.expires_at && capability.status === 'issued' ? (
              <span className="meta">
                <When at={capability.expires_at} prefix="ends " />
              </span>
            ) : null}
          </p>
        ) : null}
        {outcome ? (
          <div className="grid gap-0.5">
            <p className="meta">Outcome, as the actor reports it</p>
            {Object.entries(outcome).map(([key, value]) =>
              value === null ? null : (
                <div key={key} className="wrap-anywhere">
                  <span className="text-ink-2">
                    <Revealed text={key.replaceAll('_', ' ')} />:
                  </span>{' '}
                  <LongText text={plain(value)} path={`outcome.${key}`} />
                </div>
              ),
            )}
          </div>
        ) : null}
      </div>
    </Section>
  );
}
