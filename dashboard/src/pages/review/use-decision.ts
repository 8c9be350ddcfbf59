// One decision's way: read, sign, sealed. What is shown afterwards is what the server holds, whatever it answered.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApprovalRequest } from '../../api/types.ts';
import { decide } from '../../passkey/decision.ts';
import type { Ballot } from '../../passkey/shown.ts';
import { useSession } from '../../session-gate.tsx';

export type Phase = { at: 'reading' | 'signing' | 'sealing' } | { at: 'failed'; error: unknown };

export function useDecision(request: ApprovalRequest) {
  const session = useSession();
  const client = useQueryClient();
  const [phase, setPhase] = useState<Phase>({ at: 'reading' });
  const send = async (ballot: Ballot) => {
    setPhase({ at: 'signing' });
    try {
      await decide(request, ballot, session, () => setPhase({ at: 'sealing' }));
      setPhase({ at: 'reading' });
    } catch (error) {
      setPhase({ at: 'failed', error });
    }
    await client.invalidateQueries({ queryKey: ['requests'] });
  };
  return { phase, send };
}
