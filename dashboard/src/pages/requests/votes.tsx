// Who decided what, with which assurance, in their own words.
import type { ApprovalRequest, Decision } from '../../api/types.ts';
import { span } from '../../text/time.ts';
import { StatusBadge } from '../../ui/badges.tsx';
import { OnBehalf } from '../../ui/on-behalf.tsx';
import { Section } from '../../ui/page.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { When } from '../../ui/when.tsx';

export function Votes({ request }: { request: ApprovalRequest }) {
  if (request.decisions.length === 0) return null;
  return (
    <Section title="Decisions">
      <ul className="card">
        {request.decisions.map((vote) => (
          <Vote key={`${name(vote)}${vote.decided_at}`} vote={vote} asked={request.created_at} />
        ))}
      </ul>
    </Section>
  );
}

const name = ({ reviewer }: Decision) => reviewer.name || reviewer.id;

function Vote({ vote, asked }: { vote: Decision; asked: string }) {
  return (
    <li className="grid gap-1 border-t border-line px-4 py-3 first:border-t-0">
      <p className="flex flex-wrap items-center gap-2">
        <StatusBadge status={vote.decision === 'approve' ? 'approved' : 'rejected'} />
        <b className="min-w-0 wrap-anywhere">
          <Revealed text={name(vote)} />
        </b>
        <OnBehalf vote={vote} />
        {vote.void ? <span className="status">void: it was edited afterwards</span> : null}
        {vote.edited && !vote.void ? <span className="status">of the edited action</span> : null}
      </p>
      {vote.comment ? (
        <p>
          <Revealed text={vote.comment} lines />
        </p>
      ) : null}
      {vote.external_ref ? (
        <p className="meta">
          Reference <Revealed text={vote.external_ref} />
        </p>
      ) : null}
      <p className="meta">
        <When at={vote.decided_at} /> · waited {span((Date.parse(vote.decided_at) - Date.parse(asked)) / 1000)}
        {` · ${assurance(vote)}`}
      </p>
    </li>
  );
}

/** Which key signed: a device-bound one cannot be copied, a synced one can. */
const assurance = ({ assurance }: Decision): string => {
  if (assurance.method === 'oidc') return `signed token of the identity provider ${assurance.issuer}`;
  const { method, device_type, enrolment_entry } = assurance;
  const kind = device_type === 'singleDevice' ? 'device-bound' : 'synced';
  return `${kind} ${method}${enrolment_entry === null ? '' : `, enrolled in ledger entry ${enrolment_entry}`}`;
};
