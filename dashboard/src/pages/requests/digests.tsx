// The digests, computed here from the displayed content and compared with what the server names.
import type { ApprovalRequest } from '../../api/types.ts';
import { wrongDigests } from '../../passkey/shown.ts';
import { Section } from '../../ui/page.tsx';

/** Only the resource has hidden values, so the page does not claim to have computed a digest over them. */
function Verdict({ wrong, covered }: { wrong: boolean; covered: boolean }) {
  if (wrong) return <b className="text-bad">does not fit the content</b>;
  if (covered) return <span className="text-ink-2">cannot be computed here: a value is hidden</span>;
  return <span className="text-good">fits the content</span>;
}

export function Digests({ request }: { request: ApprovalRequest }) {
  const wrong = new Set(wrongDigests(request));
  const covered = request.hidden.length > 0;
  const rows: [string, string][] = [
    ['request_digest', request.request_digest],
    ['action_digest', request.action_digest],
    ['params_digest', request.params_digest],
  ];
  return (
    <Section title="Digests, computed again by this page">
      <dl className="card grid gap-2 px-4 py-3 text-s">
        {rows.map(([name, digest]) => (
          <div key={name}>
            <dt className="text-ink-2">
              {name} <Verdict wrong={wrong.has(name)} covered={covered && name !== 'request_digest'} />
            </dt>
            <dd>
              <code>{digest}</code>
            </dd>
          </div>
        ))}
        <div>
          <dt className="text-ink-2">policy version {request.policy.version}</dt>
          <dd>
            <code>{request.policy.digest}</code>
          </dd>
        </div>
        <div>
          <dt className="text-ink-2">request</dt>
          <dd>
            <code>{request.id}</code>
          </dd>
        </div>
      </dl>
    </Section>
  );
}
