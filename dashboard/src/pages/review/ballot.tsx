// The two answers. Both are signed; the page waits for the server's confirmation and never assumes it.

import { useRef, useState } from 'react';
import type { ApprovalRequest } from '../../api/types.ts';
import { currentStage } from '../../passkey/shown.ts';
import { useSession } from '../../session-gate.tsx';
import { stagesNow } from '../../text/asked.ts';
import { mayAnswer } from '../../text/people.ts';
import { useOnline } from '../../ui/connection.tsx';
import { Failure } from '../../ui/face.tsx';
import { InSight } from '../../ui/in-sight.tsx';
import { useShortcuts } from '../../ui/shortcuts.ts';
import { AnswerBar } from './answer-bar.tsx';
import { Confirmation, Note, type NoteText } from './before-approving.tsx';
import { hasAll } from './evidence.ts';
import { RejectDialog } from './reject-dialog.tsx';
import { type Phase, useDecision } from './use-decision.ts';

const SAYS: Record<Phase['at'], string> = {
  reading: 'You sign exactly what is shown here.',
  signing: 'Waiting for your passkey…',
  sealing: 'Signed. Not sealed in the ledger yet: nothing is released before it is…',
  failed: 'Not decided. The reason is shown above.',
};

/** What stands between this person and the Approve button, in words; null when nothing does. */
function missing(request: ApprovalRequest, note: NoteText, typed: string): string | null {
  const gaps = [
    request.risk.level === 'critical' && typed.trim() !== request.action ? 'type the action' : null,
    hasAll(request.requirement?.require.approve ?? [], note) ? null : 'write the note that policy asks for',
  ].filter((gap) => gap !== null);
  return gaps.length > 0 ? `Before you can approve, above: ${gaps.join(', and ')}.` : null;
}

const orNull = (text: string): string | null => text.trim() || null;

export function Ballot({ request }: { request: ApprovalRequest }) {
  const { organization, user } = useSession();
  const stage = stagesNow(request)[currentStage(request)];
  const may = (answer: 'approve' | 'reject') => stage === undefined || mayAnswer(stage, user, answer);
  const { phase, send } = useDecision(request);
  const [note, setNote] = useState<NoteText>({ comment: '', external_ref: '' });
  const [typed, setTyped] = useState('');
  const [rejecting, setRejecting] = useState(false);
  const online = useOnline();
  const approveButton = useRef<HTMLButtonElement>(null);
  useShortcuts({ r: () => may('reject') && setRejecting(true), a: () => approveButton.current?.focus() });
  const ready = online && phase.at !== 'signing' && phase.at !== 'sealing';
  const gap = may('approve') ? missing(request, note, typed) : 'You may reject this, not approve it.';
  const approve = () =>
    void send({ decision: 'approve', comment: orNull(note.comment), external_ref: orNull(note.external_ref) });
  return (
    <>
      {phase.at === 'failed' ? (
        <InSight>
          <Failure error={phase.error} />
        </InSight>
      ) : null}
      <Note note={note} onChange={setNote} required={request.requirement?.require.approve ?? []} />
      {request.risk.level === 'critical' ? (
        <Confirmation action={request.action} typed={typed} onType={setTyped} />
      ) : null}
      {organization.kind === 'test' ? <p className="meta">A test organisation: what you sign here says so.</p> : null}
      <AnswerBar
        says={(phase.at === 'reading' ? gap : null) ?? SAYS[phase.at]}
        loud={phase.at !== 'reading' || gap !== null}
        canReject={ready && may('reject')}
        canApprove={ready && gap === null}
        approveButton={approveButton}
        onReject={() => setRejecting(true)}
        onApprove={approve}
      />
      {rejecting ? (
        <RejectDialog
          reference={note.external_ref}
          required={request.requirement?.require.reject ?? []}
          onClose={() => setRejecting(false)}
          onReject={(comment, external_ref) => {
            setRejecting(false);
            void send({ decision: 'reject', comment, external_ref });
          }}
        />
      ) : null}
    </>
  );
}
