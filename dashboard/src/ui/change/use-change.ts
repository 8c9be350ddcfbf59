// One change, from proposal to its signature: propose, show what it does, sign exactly that, answer with any secret.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../../api/client.ts';
import type { Change, JsonObject } from '../../api/types.ts';
import { signChange } from '../../passkey/change.ts';
import { useSession } from '../../session-gate.tsx';

export interface Proposal {
  kind: string;
  value: JsonObject;
  target?: string;
  base_digest?: string;
}

/** `propose` → `change` to be shown → `sign` → `applied`. `reset` starts over, and takes back what was only proposed. */
export function useChange() {
  const session = useSession();
  const client = useQueryClient();
  const [waits, setWaits] = useState<'sealing' | 'checking' | null>(null);
  const proposal = useMutation({
    mutationFn: (value: Proposal) => post<Change>('/v1/changes', value, { repeats: true }),
  });
  const signature = useMutation({
    mutationFn: (change: Change) =>
      signChange(change, session, { onSealing: () => setWaits('sealing'), onLost: () => setWaits('checking') }),
    onSettled: async () => {
      setWaits(null);
      await client.invalidateQueries();
    },
  });
  const withdrawal = useMutation({
    mutationFn: (id: string) => post(`/v1/changes/${encodeURIComponent(id)}/reject`, {}),
    onSettled: () => client.invalidateQueries({ queryKey: ['changes'] }),
  });
  const reset = () => {
    // An unsigned proposal would stay open for a day, and could be signed by mistake.
    if (proposal.data && !signature.data) withdrawal.mutate(proposal.data.id);
    proposal.reset();
    signature.reset();
  };
  return { proposal, signature, waits, reset, change: proposal.data, applied: signature.data };
}

export type ChangeFlow = ReturnType<typeof useChange>;
