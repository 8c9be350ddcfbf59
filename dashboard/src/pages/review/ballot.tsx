// The two answers. Both are signed; the page waits for the server's confirmation and never assumes it. It shows the one
// state of the decision, and holds none of its own.
import { useRef } from 'react';
import { ApiProblem, type Place } from '../../api/client.ts';
import type { Answers } from '../../decision/answers.ts';
import { isCritical } from '../../decision/answers.ts';
import type { Decision } from '../../decision/state.ts';
import { useSession } from '../../session-gate.tsx';
import { requirementNow } from '../../text/asked.ts';
import { Faults } from '../../ui/faults.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { useShortcuts } from '../../ui/shortcuts.ts';
import { AnswerBar } from './answer-bar.tsx';
import { Confirmation, Note } from './before-approving.tsx';
import { EditForm } from './edit-form.tsx';
import { Outcome, saysOf } from './outcome.tsx';
import { RejectDialog } from './reject-dialog.tsx';
import type { Deciding } from './use-decision.ts';

interface Props {
  deciding: Deciding;
  answers: Answers;
  /** Whose right this person decides in, where it is not their own. */
  lender: { name: string } | null;
}

/** Where the server found the form wrong, at its fields. */
const placesOf = ({ phase }: Decision): readonly Place[] =>
  phase.at === 'failed' && phase.error instanceof ApiProblem ? phase.error.places : [];

const Moved = ({ onRead }: { onRead: () => void }) => (
  <section className="card grid gap-2 border-warn px-4 py-3" aria-labelledby="moved">
    <h2 id="moved">Somebody edited this while you read it</h2>
    <p>
      What would run is another action now. The facts and the change are shown on this page; what you typed is still in
      its fields.
    </p>
    <button type="button" className="btn" onClick={onRead}>
      I have read the change
    </button>
  </section>
);

export function Ballot({ deciding, answers, lender }: Props) {
  const { state, dispatch, send, sendEdit } = deciding;
  const { latest, note, typed, rejection } = state;
  const { approve, reject, open } = answers;
  const { organization } = useSession();
  const required = requirementNow(latest)?.require;
  const approveButton = useRef<HTMLButtonElement>(null);
  const openReject = () => answers.reject.may && dispatch({ step: 'reject', rejection: { open: true } });
  useShortcuts({ r: openReject, a: () => approveButton.current?.focus() });
  return (
    <>
      {rejection.open ? null : <Outcome deciding={deciding} />}
      {answers.read ? null : <Moved onRead={() => dispatch({ step: 'have-read' })} />}
      <Faults value={placesOf(state)}>
        <EditForm
          request={latest}
          answers={answers}
          entries={state.entries}
          onEnter={(pointer, entry) => dispatch({ step: 'enter', pointer, entry })}
          onEdit={() => answers.edit && sendEdit(answers.edit)}
        />
      </Faults>
      {lender === null ? null : <InRightOf name={lender.name} />}
      <Note
        note={note}
        open={open}
        onChange={(next) => dispatch({ step: 'note', note: next })}
        required={required?.approve ?? []}
      />
      {isCritical(latest) ? (
        <Confirmation action={latest.action} typed={typed} onType={(text) => dispatch({ step: 'type', typed: text })} />
      ) : null}
      {organization.kind === 'test' ? <p className="meta">A test organisation: what you sign here says so.</p> : null}
      <AnswerBar
        says={saysOf(state, approve.why)}
        loud={state.phase.at !== 'reading' || approve.why !== null}
        approves={approve.label}
        canReject={reject.may}
        canApprove={approve.ballot !== null}
        approveButton={approveButton}
        onReject={openReject}
        onApprove={() => approve.ballot && send(approve.ballot)}
      />
      {rejection.open ? (
        <RejectDialog
          {...{ rejection, open }}
          reference={note.external_ref}
          required={required?.reject ?? []}
          may={reject.ballot !== null}
          onChange={(part) => dispatch({ step: 'reject', rejection: part })}
          onReject={() => reject.ballot && send(reject.ballot)}
        >
          <Outcome deciding={deciding} />
        </RejectDialog>
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
