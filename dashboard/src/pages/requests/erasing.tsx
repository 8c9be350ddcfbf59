// Erasing an ended request: a change like any other, signed with a passkey, and the one that nobody can take back.
import { useState } from 'react';
import { ADMINISTERS } from '../../../../core/authority.ts';
import type { ApprovalRequest } from '../../api/types.ts';
import { useSession } from '../../session-gate.tsx';
import { ChangeDialog } from '../../ui/change/change-dialog.tsx';
import { TextArea } from '../../ui/field.tsx';

export function Erasing({ request }: { request: ApprovalRequest }) {
  const { user } = useSession();
  const [open, setOpen] = useState(false);
  if (!ADMINISTERS.some((role) => user.roles.includes(role))) return null;
  return (
    <p>
      <button type="button" className="btn small" onClick={() => setOpen(true)}>
        Erase what is personal
      </button>
      {open ? <ErasingDialog id={request.id} onClose={() => setOpen(false)} /> : null}
    </p>
  );
}

function ErasingDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const said = reason.trim();
  return (
    <ChangeDialog
      title="Erase what is personal"
      proposal={said === '' ? null : { kind: 'erasure', target: id, value: { reason: said } }}
      onClose={onClose}
    >
      <p className="text-ink-2">
        Parameters, context, comments, names and signed texts of this request go for good. That it was, who decided and
        when stays, and its proofs hold. Do not name the person in the reason: it is kept.
      </p>
      <TextArea
        label="Reason (required)"
        rows={2}
        maxLength={2000}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </ChangeDialog>
  );
}
