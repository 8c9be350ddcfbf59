// Why this person has nothing (more) to decide here, said at the top; null for whoever may decide. The server has the
// last word: this only spares a prompt that would be refused.
import type { ReactNode } from 'react';
import type { ApprovalRequest, Session } from '../../api/types.ts';
import { currentStage } from '../../passkey/shown.ts';
import { stagesNow } from '../../text/asked.ts';
import { userFor } from '../../text/lent.ts';
import { namesPerson, sourcesText } from '../../text/people.ts';
import { Face } from '../../ui/face.tsx';
import { Go } from '../../ui/go.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import { Settled } from './settled.tsx';

/** @param late whether the deadline has passed */
export function standingFace(request: ApprovalRequest, user: Session['user'], late: boolean): ReactNode {
  const stage = stagesNow(request)[currentStage(request)];
  const voted = request.decisions.some((vote) => vote.reviewer.id === user.id && !vote.void);
  if (request.status !== 'pending') return <Settled request={request} me={user.id} />;
  if (late) return <TooLate />;
  if (voted) return <Settled request={request} me={user.id} />;
  if (isOwn(request, user.id)) return <OwnRequest />;
  if (isEditor(request, user.id)) return <OwnEdit />;
  if (stage && !namesPerson(stage.from, userFor(request, user))) return <NotYours from={stage.from} />;
  const { approve = null, reject = null } = request.viewer ?? {};
  return approve !== null && reject !== null ? <Refused detail={approve.detail} /> : null;
}

/** Whoever asked, or for whom it was asked, decides nothing about it (policy.md "Who may decide"). */
const isOwn = ({ requester, on_behalf_of, actor }: ApprovalRequest, user: string): boolean =>
  [requester.id, on_behalf_of, actor].some((who) => who === user || who === `user:${user}`);

/** Under `edits: any` whoever chose what runs does not let it run. */
const isEditor = ({ edits }: ApprovalRequest, user: string): boolean =>
  (edits ?? []).some(({ editor, mode }) => mode === 'any' && editor.id === user);

const TooLate = () => (
  <Face title="The time to decide is over">
    <p className="text-ink-2">Whatever arrives now is not approved.</p>
  </Face>
);

const OwnRequest = () => (
  <Face title="You asked for this yourself">
    <p className="text-ink-2">Somebody else must decide it.</p>
  </Face>
);

const OwnEdit = () => (
  <Face title="You edited this">
    <p className="text-ink-2">Somebody else must decide what you changed.</p>
  </Face>
);

/** In the server's words: by the function that would refuse the decision. */
const Refused = ({ detail }: { detail: string }) => (
  <Face title="You cannot decide this request now">
    <p className="text-ink-2 wrap-anywhere">
      <Revealed text={detail} />
    </p>
  </Face>
);

const NotYours = ({ from }: { from: string[] }) => (
  <Face title="You can read this, not decide it">
    <p className="text-ink-2">
      This stage is decided by {sourcesText(from)}. An administrator can add you under <Go to="/people">People</Go>.
    </p>
  </Face>
);
