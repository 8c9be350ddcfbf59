// The form for the organisation's settings. It sends only what was changed, so that it takes nothing back that somebody
// else set meanwhile.
import { useState } from 'react';
import { type BreakGlassSettings, CHANGE_KINDS } from '../../../../core/authority.ts';
import { breakGlassSettings } from '../../../../core/break-glass.ts';
import type { JsonObject, Organization } from '../../api/types.ts';
import { ChangeDialog } from '../../ui/change/change-dialog.tsx';
import { changedOnly } from '../../ui/change/changed-only.ts';
import { Choices, Field } from '../../ui/field.tsx';
import { Pick } from '../../ui/pick.tsx';

interface Props {
  settings: Organization['settings'];
  onClose: () => void;
}

const KINDS = CHANGE_KINDS.map((kind) => ({ value: kind as string, label: kind.replaceAll('_', ' ') }));
const REFS = [
  { value: 'optional', label: 'May name a ticket' },
  { value: 'required', label: 'Must name a ticket' },
];
const DEBTS = [
  { value: 'same_person', label: 'The person who broke the glass' },
  { value: 'anyone', label: 'Everybody' },
];

export function SettingsDialog({ settings, onClose }: Props) {
  const [now] = useState(() => ({
    four_eyes: settings.four_eyes as string[],
    passkey_quarantine_hours: settings.passkey_quarantine_hours,
    break_glass: { ...breakGlassSettings(settings) },
  }));
  const [four_eyes, setFourEyes] = useState(now.four_eyes);
  const [hours, setHours] = useState(String(now.passkey_quarantine_hours));
  const [break_glass, setBreakGlass] = useState<BreakGlassSettings>(now.break_glass);
  const passkey_quarantine_hours = Number(hours);
  const changed = changedOnly(now, { four_eyes, passkey_quarantine_hours, break_glass } as unknown as JsonObject);
  return (
    <ChangeDialog
      title="Settings of the organisation"
      proposal={changed && hours !== '' ? { kind: 'organization', value: { settings: changed } } : null}
      onClose={onClose}
    >
      <Choices
        legend="Two administrators always sign a change of"
        hint="Where there are two. What lets somebody approve needs two anyway; so does taking a mark away here."
        options={KINDS}
        chosen={four_eyes}
        onChange={setFourEyes}
      />
      <Field
        label="Hours until a further passkey decides high and critical"
        type="number"
        required
        min={0}
        max={168}
        step={1}
        pointer="/value/settings"
        hint="0 to 168."
        value={hours}
        onChange={(e) => setHours(e.target.value)}
      />
      <Pick
        label="Whoever breaks the glass"
        value={break_glass.external_ref}
        options={REFS}
        onChange={(one) => setBreakGlass({ ...break_glass, external_ref: one as BreakGlassSettings['external_ref'] })}
      />
      <Pick
        label="Until a break-glass is reviewed, who cannot break it again"
        value={break_glass.debt}
        options={DEBTS}
        onChange={(one) => setBreakGlass({ ...break_glass, debt: one as BreakGlassSettings['debt'] })}
      />
    </ChangeDialog>
  );
}
