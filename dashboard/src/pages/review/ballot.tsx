// The two answers. Approve and Reject are equally near; both are signed; the page waits for the server's confirmation.
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ApprovalRequest } from '../../api/types.ts';
import { decide } from '../../passkey/decision.ts';
import { useSession } from '../../session-gate.tsx';
import { useOnline } from '../../ui/connection.tsx';
import { Failure } from '../../ui/face.tsx';
import { Field, TextArea } from '../../ui/field.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { useShortcuts } from '../../ui/shortcuts.ts';
import { hasAll, nameOf } from './evidence.ts';
import { RejectDialog } from './reject-dialog.tsx';

type Phase = { at: 'reading' | 'signing' | 'sealing' } | { at: 'failed'; error: unknown };

const SAYS: Record<string, string> = {
  reading: 'You sign exactly what is shown here.',
  signing: 'Waiting for your passkey…',
  sealing: 'Signed. Being sealed in the ledger: nothing is released before that…',
  failed: 'Not decided.',
};

export function Ballot({ request }: { request: ApprovalRequest }) {
  const { phase, send } = useDecision(request);
  const [note, setNote] = useState({ comment: '', external_ref: '' });
  const [typed, setTyped] = useState('');
  const [rejecting, setRejecting] = useState(false);
  const online = useOnline();
  const busy = phase.at === 'signing' || phase.at === 'sealing';
  const typedRight = request.risk.level !== 'critical' || typed.trim() === request.action;
  const complete = hasAll(request.requirement?.require.approve ?? [], note);
  const approveButton = useRef<HTMLButtonElement>(null);
  useShortcuts({ r: () => setRejecting(true), a: () => approveButton.current?.focus() });
  const approve = () =>
    void send({
      decision: 'approve',
      comment: note.comment.trim() || null,
      external_ref: note.external_ref.trim() || null,
    });
  return (
    <>
      {phase.at === 'failed' ? <Failure error={phase.error} /> : null}
      <Note note={note} onChange={setNote} required={request.requirement?.require.approve ?? []} />
      {request.risk.level === 'critical' ? (
        <Confirmation action={request.action} typed={typed} onType={setTyped} />
      ) : null}
      <div className="fixed inset-x-0 bottom-0 z-2 border-t border-line bg-card px-4 pt-3 pb-[calc(12px+env(safe-area-inset-bottom))]">
        <div className="mx-auto grid max-w-[1080px] grid-cols-2 items-center gap-3 min-[900px]:grid-cols-[1fr_auto_auto]">
          <p
            role="status"
            className={`col-span-2 text-s text-ink-2 min-[900px]:col-span-1 ${phase.at === 'reading' ? 'max-[899px]:sr-only' : ''}`}
          >
            {SAYS[phase.at]}
          </p>
          <button type="button" className="btn" disabled={busy || !online} onClick={() => setRejecting(true)}>
            Reject
          </button>
          <button
            ref={approveButton}
            type="button"
            className="btn primary"
            disabled={busy || !online || !typedRight || !complete}
            onClick={approve}
          >
            Approve with passkey
          </button>
        </div>
      </div>
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

function useDecision(request: ApprovalRequest) {
  const session = useSession();
  const client = useQueryClient();
  const [phase, setPhase] = useState<Phase>({ at: 'reading' });
  const send = async (ballot: Parameters<typeof decide>[1]) => {
    setPhase({ at: 'signing' });
    try {
      await decide(request, ballot, session, () => setPhase({ at: 'sealing' }));
      setPhase({ at: 'reading' });
    } catch (error) {
      setPhase({ at: 'failed', error });
    }
    // Whatever the answer was: what is shown next is what the server holds.
    await client.invalidateQueries({ queryKey: ['requests'] });
  };
  return { phase, send };
}

interface NoteProps {
  note: { comment: string; external_ref: string };
  onChange: (note: NoteProps['note']) => void;
  /** What policy asks for on approve: a comment, a reference. */
  required: string[];
}

function Note({ note, onChange, required }: NoteProps) {
  return (
    <details open={required.length > 0 || undefined} className="card px-4 py-3">
      <summary className="cursor-pointer text-s font-semibold text-ink-2">
        {required.length > 0 ? 'Your note, which policy asks for' : 'Add a note, signed with your decision'}
      </summary>
      <div className="grid gap-3 pt-3">
        <TextArea
          label={nameOf('comment', required)}
          rows={3}
          maxLength={2000}
          value={note.comment}
          onChange={(e) => onChange({ ...note, comment: e.target.value })}
        />
        <Field
          label={nameOf('external_ref', required)}
          hint="A ticket or an incident."
          maxLength={256}
          value={note.external_ref}
          onChange={(e) => onChange({ ...note, external_ref: e.target.value })}
        />
      </div>
    </details>
  );
}

function Confirmation({ action, typed, onType }: { action: string; typed: string; onType: (text: string) => void }) {
  return (
    <div className="card grid gap-2 px-4 py-3">
      <p className="text-s">
        Critical: to approve, type{' '}
        <code className="font-semibold">
          <Revealed text={action} />
        </code>
      </p>
      <Field
        label="Type the action"
        value={typed}
        onChange={(e) => onType(e.target.value)}
        spellCheck={false}
        autoCapitalize="off"
      />
    </div>
  );
}
