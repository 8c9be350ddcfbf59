// One decision's way: read, sign, sealed. What is shown afterwards is what the server holds, whatever it answered.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApprovalRequest, JsonObject } from '../../api/types.ts';
import { decide } from '../../passkey/decision.ts';
import { edit } from '../../passkey/edit.ts';
import { withParams } from '../../passkey/edited.ts';
import { refuseMismatch } from '../../passkey/refusal.ts';
import { type Ballot, sameAsRead } from '../../passkey/shown.ts';
import { useSession } from '../../session-gate.tsx';

export type Phase = { at: 'reading' | 'signing' | 'sealing' } | { at: 'failed'; error: unknown };

/** @param request as it is shown now; what was shown first is what is signed, so mount this anew for each request */
export function useDecision(request: ApprovalRequest) {
  const session = useSession();
  const client = useQueryClient();
  const [read, setRead] = useState(request);
  const [phase, setPhase] = useState<Phase>({ at: 'reading' });
  const sealing = () => setPhase({ at: 'sealing' });
  const run = async (ceremony: () => Promise<void>) => {
    setPhase({ at: 'signing' });
    try {
      if (!sameAsRead(read, request)) refuseMismatch('What is asked changed after this page had shown it.');
      await ceremony();
      setPhase({ at: 'reading' });
    } catch (error) {
      setPhase({ at: 'failed', error });
    }
    await client.invalidateQueries({ queryKey: ['requests'] });
  };
  const send = (ballot: Ballot) =>
    run(async () => {
      await decide(request, ballot, session, sealing);
    });
  const sendEdit = (made: { params: JsonObject; comment: string | null }) =>
    run(async () => {
      const after = await edit(request, made, session, sealing);
      const own = withParams(request, made.params).effective.action_digest;
      if (after.effective.action_digest !== own) refuseMismatch('The server confirmed another edit than was signed.');
      // This person made the change, and so has read it.
      setRead(after);
    });
  // Somebody else's edit is no attack: it is shown with its author, and has to be read before anything is signed.
  const moved = (request.edits ?? []).length > (read.edits ?? []).length;
  return { phase, send, sendEdit, moved, haveRead: () => setRead(request) };
}
