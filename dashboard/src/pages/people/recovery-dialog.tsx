// A recovery link for somebody who lost every passkey: signed, shown once, an event of its own.
import type { Member } from '../../api/types.ts';
import { ChangeDialog } from '../../ui/change/change-dialog.tsx';

export function RecoveryDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  return (
    <ChangeDialog
      title={`Recover ${member.name || member.email}`}
      proposal={{ kind: 'recovery', target: member.id, value: {} }}
      secretLabel="recovery link"
      onClose={onClose}
    >
      <p className="text-ink-2">
        You get a link that works once. When it is used, all earlier passkeys of {member.name || member.email} end. Hand
        it over in person, or on a channel where you know who is there.
      </p>
    </ChangeDialog>
  );
}
