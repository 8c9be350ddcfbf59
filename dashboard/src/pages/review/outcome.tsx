// What became of a press: waiting, not known, failed, or decided by somebody else meanwhile. What is not known is said to
// be so, never as a refusal; and whatever happened, what was typed is still there.
import type { ReactNode } from 'react';
import type { Act, Decision, Phase } from '../../decision/state.ts';
import { NotArrived } from '../../decision/state.ts';
import { newsOf } from '../../text/news.ts';
import { Face, Failure } from '../../ui/face.tsx';
import { InSight } from '../../ui/in-sight.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import type { Deciding } from './use-decision.ts';

const SAYS: Record<Phase['at'], string> = {
  reading: 'You sign exactly what is shown here.',
  signing: 'Waiting for your passkey…',
  sealing: 'Signed. Not sealed in the ledger yet: nothing is released before it is…',
  unknown: 'Not known yet: checking.',
  failed: 'Your signature was not recorded. The reason is shown above; what you typed is still here.',
};

const DEEDS: Record<Act, string> = { approve: 'approval', reject: 'rejection', edit: 'edit' };

/** The line beside the buttons; what keeps from approving comes first, once nothing is under way. */
export function saysOf({ phase }: Decision, why: string | null): string {
  if (phase.at === 'reading' || phase.at === 'failed') return why ?? SAYS[phase.at];
  return phase.at === 'unknown' && phase.looked ? 'Not on record so far: still checking.' : SAYS[phase.at];
}

export function Outcome({ deciding: { state } }: { deciding: Deciding }) {
  const { phase, latest } = state;
  if (latest.status !== 'pending' && phase.at !== 'unknown') return <Taken state={state} />;
  if (phase.at === 'unknown') return <NotKnown deed={DEEDS[phase.attempt.act]} looked={phase.looked} />;
  return phase.at === 'failed' ? (
    <InSight>
      <Failure error={phase.error} />
    </InSight>
  ) : null;
}

const NotKnown = ({ deed, looked }: { deed: string; looked: boolean }) => (
  <InSight>
    <div role="status">
      {looked ? (
        <Face title="Not on record so far: still checking">
          <p className="text-ink-2">
            Assentry answers again, and does not show your {deed} so far. It may still arrive. If you sign again, it
            counts once.
          </p>
        </Face>
      ) : (
        <Face title="Not known yet: checking">
          <p className="text-ink-2">
            You signed, but the answer did not arrive: your {deed} may count already. Assentry is asked every few
            seconds, and nothing is sent twice. What you typed is still here.
          </p>
        </Face>
      )}
    </div>
  </InSight>
);

/** Whether this person signed something that did not get in. */
function lateDeed({ phase }: Decision): ReactNode {
  if (phase.at !== 'failed') return null;
  return phase.error instanceof NotArrived || phase.act !== 'edit'
    ? `Your ${DEEDS[phase.act]} was not recorded. `
    : null;
}

function Taken({ state }: { state: Decision }) {
  return (
    <InSight>
      <div role="status">
        <Face title="Decided meanwhile">
          <p className="wrap-anywhere">
            <Revealed text={newsOf(state.latest, state.me)} lines />
          </p>
          <p className="text-ink-2">{lateDeed(state)}What you typed is kept here, and was sent to nobody.</p>
        </Face>
      </div>
    </InSight>
  );
}

/** What was typed before somebody else decided, to be copied. */
export function Kept({ state }: { state: Decision }) {
  const { note, rejection } = state;
  const texts = [note.comment, note.external_ref, rejection.reason, rejection.external_ref ?? ''].filter(
    (text) => text.trim() !== '',
  );
  if (texts.length === 0 || rejection.open) return null;
  return (
    <div className="card grid gap-2 px-4 py-3">
      <label htmlFor="kept" className="text-s font-semibold">
        What you typed was not sent
      </label>
      <textarea id="kept" className="field" readOnly rows={3} value={texts.join('\n')} />
    </div>
  );
}
