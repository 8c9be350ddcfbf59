// The two answers. Both are signed; the page waits for the server's confirmation and never assumes it.

import { useRef, useState } from 'react';
import type { ApprovalRequest, JsonObject } from '../../api/types.ts';
import { currentStage } from '../../passkey/shown.ts';
import { useSession } from '../../session-gate.tsx';
import { requirementNow, stagesNow } from '../../text/asked.ts';
import { lenderFor, userFor } from '../../text/lent.ts';
import { mayAnswer } from '../../text/people.ts';
import { useOnline } from '../../ui/connection.tsx';
import { Failure } from '../../ui/face.tsx';
import { InSight } from '../../ui/in-sight.tsx';
import { useUnopened } from '../../ui/opening.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { useShortcuts } from '../../ui/shortcuts.ts';
import { AnswerBar } from './answer-bar.tsx';
import { Confirmation, Note, type NoteText } from './before-approving.tsx';
import { EditForm } from './edit-form.tsx';
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
function missing(request: ApprovalRequest, note: NoteText, typed: string, unopened: readonly string[]): string | null {
  const gaps = [
    unopened.length > 0 ? `open ${unopened.join(', ')}` : null,
    isCritical(request) && typed.trim() !== request.action ? 'type the action' : null,
    hasAll(requirementNow(request)?.require.approve ?? [], note) ? null : 'write the note that policy asks for',
  ].filter((gap) => gap !== null);
  return gaps.length > 0 ? `Before you can approve, above: ${gaps.join(', and ')}.` : null;
}

const isCritical = ({ effective, risk }: ApprovalRequest): boolean => (effective.risk ?? risk).level === 'critical';

const orNull = (text: string): string | null => text.trim() || null;

/** What keeps this person from approving whatever is filled in. */
function gapOf({ moved, changed, may }: { moved: boolean; changed: boolean; may: boolean }): string | null {
  if (moved) return 'Somebody edited this while you read it: read the change above.';
  if (!may) return 'You may reject this, not approve it.';
  return changed ? 'You changed it: sign the edit, and somebody else approves it.' : null;
}

const Moved = ({ onRead }: { onRead: () => void }) => (
  <section className="card grid gap-2 border-warn px-4 py-3" aria-labelledby="moved">
    <h2 id="moved">Somebody edited this while you read it</h2>
    <p>What would run is another action now. The facts and the change are shown on this page.</p>
    <button type="button" className="btn" onClick={onRead}>
      I have read the change
    </button>
  </section>
);

interface Props {
  request: ApprovalRequest;
  /** The params that the form says, where they are others than those that stand. */
  draft: JsonObject | null;
  onDraft: (params: JsonObject | null) => void;
}

export function Ballot({ request, draft, onDraft }: Props) {
  const { organization, user } = useSession();
  const required = requirementNow(request)?.require;
  const stage = stagesNow(request)[currentStage(request)];
  const able = userFor(request, user);
  const may = (answer: 'approve' | 'reject') => stage === undefined || mayAnswer(stage, able, answer);
  const lender = stage === undefined ? null : lenderFor(stage.from, able);
  const { phase, send, sendEdit, moved, haveRead } = useDecision(request);
  // What was lent is the right to decide, not to edit.
  const mode = lender === null ? (request.editable ?? 'none') : 'none';
  const [note, setNote] = useState<NoteText>({ comment: '', external_ref: '' });
  const [typed, setTyped] = useState('');
  const [rejecting, setRejecting] = useState(false);
  const online = useOnline();
  const unopened = useUnopened();
  const approveButton = useRef<HTMLButtonElement>(null);
  useShortcuts({ r: () => may('reject') && setRejecting(true), a: () => approveButton.current?.focus() });
  const ready = online && phase.at !== 'signing' && phase.at !== 'sealing';
  const gap =
    gapOf({ moved, changed: draft !== null && mode === 'any', may: may('approve') }) ??
    missing(request, note, typed, unopened);
  const approve = () =>
    void send({
      ...{ decision: 'approve', comment: orNull(note.comment), external_ref: orNull(note.external_ref) },
      ...(draft === null ? {} : { params: draft }),
    }).then(() => onDraft(null));
  return (
    <>
      {phase.at === 'failed' ? (
        <InSight>
          <Failure error={phase.error} />
        </InSight>
      ) : null}
      {moved ? <Moved onRead={haveRead} /> : null}
      {mode === 'none' || moved ? null : (
        <EditForm
          key={request.effective.action_digest}
          {...{ request, mode, draft, ready, onDraft }}
          onEdit={(params) => void sendEdit({ params, comment: orNull(note.comment) }).then(() => onDraft(null))}
        />
      )}
      {lender === null ? null : <InRightOf name={lender.name} />}
      <Note note={note} onChange={setNote} required={required?.approve ?? []} />
      {isCritical(request) ? <Confirmation action={request.action} typed={typed} onType={setTyped} /> : null}
      {organization.kind === 'test' ? <p className="meta">A test organisation: what you sign here says so.</p> : null}
      <AnswerBar
        says={(phase.at === 'reading' ? gap : null) ?? SAYS[phase.at]}
        loud={phase.at !== 'reading' || gap !== null}
        approves={draft === null ? 'Approve with passkey' : 'Approve the reduced action'}
        canReject={ready && !moved && may('reject')}
        canApprove={ready && gap === null}
        approveButton={approveButton}
        onReject={() => setRejecting(true)}
        onApprove={approve}
      />
      {rejecting ? (
        <RejectDialog
          reference={note.external_ref}
          required={required?.reject ?? []}
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

const InRightOf = ({ name }: { name: string }) => (
  <p className="card px-4 py-3">
    You decide on behalf of{' '}
    <b className="wrap-anywhere">
      <Revealed text={name} />
    </b>{' '}
    (delegated): it counts as both of you, once.
  </p>
);
