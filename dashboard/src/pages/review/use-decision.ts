// One decision's way: read, sign, sealed. What is shown afterwards is what the server holds, whatever it answered.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApprovalRequest } from '../../api/types.ts';
import { decide } from '../../passkey/decision.ts';
import { refuseMismatch } from '../../passkey/refusal.ts';
import { type Ballot, sameAsRead } from '../../passkey/shown.ts';
import { useSession } from '../../session-gate.tsx';

export type Phase = { at: 'reading' | 'signing' | 'sealing' } | { at: 'failed'; error: unknown };

/** @param request as it is shown now; what was shown first is what is signed, so mount this anew for each request */
export function useDecision(request: ApprovalRequest) {
  const session = useSession();
  const client = useQueryClient();
  const [read] = useState(request);
  const [phase, setPhase] = useState<Phase>({ at: 'reading' });
  const send = async (ballot: Ballot) => {
    setPhase({ at: 'signing' });
    try {
      if (!sameAsRead(read, request)) refuseMismatch('What is asked changed after this page had shown it.');
      await decide(request, ballot, session, () => setPhase({ at: 'sealing' }));
      setPhase({ at: 'reading' });
    } catch (error) {
      setPhase({ at: 'failed', error });
    }
    await client.invalidateQueries({ queryKey: ['requests'] });
  };
  return { phase, send };
}
