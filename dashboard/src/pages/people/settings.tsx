// What the organisation set for itself: which changes need two administrators, how long a new passkey waits, what an
// emergency asks for. Changed by a signed change alone.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { breakGlassSettings } from '../../../../core/break-glass.ts';
import { organizationQuery } from '../../api/queries.ts';
import type { Organization } from '../../api/types.ts';
import { Section } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { SettingsDialog } from './settings-dialog.tsx';

export function Settings() {
  const query = useQuery(organizationQuery);
  const [open, setOpen] = useState(false);
  return (
    <Section title="Settings">
      <QueryView query={query} what="the settings">
        {({ settings }) => (
          <>
            <Shown settings={settings} />
            <div className="mt-1">
              <button type="button" className="btn small" onClick={() => setOpen(true)}>
                Change the settings
              </button>
            </div>
            {open ? <SettingsDialog settings={settings} onClose={() => setOpen(false)} /> : null}
          </>
        )}
      </QueryView>
    </Section>
  );
}

function Shown({ settings }: Pick<Organization, 'settings'>) {
  const { external_ref, debt } = breakGlassSettings(settings);
  const kinds = settings.four_eyes.map((kind) => kind.replaceAll('_', ' ')).join(', ');
  const hours = settings.passkey_quarantine_hours;
  const lines: [string, string][] = [
    ['Two administrators always sign', kinds || 'no further kind of change'],
    ['A further passkey decides nothing high or critical for', hours === 1 ? '1 hour' : `${hours} hours`],
    ['A break-glass names a ticket', external_ref === 'required' ? 'always' : 'if there is one'],
    [
      'A break-glass that nobody reviewed keeps from the next',
      debt === 'anyone' ? 'everybody' : 'whoever broke the glass',
    ],
  ];
  return (
    <dl className="card grid gap-x-4 gap-y-1 p-4 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
      {lines.map(([what, said]) => (
        <div key={what} className="contents">
          <dt className="text-ink-2">{what}</dt>
          <dd className="mb-2 font-semibold wrap-anywhere sm:mb-0">{said}</dd>
        </div>
      ))}
    </dl>
  );
}
