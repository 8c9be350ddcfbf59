// The verifier's report: the verdict, what to be careful with, and every claim with its word. Red is for failed alone;
// amber for a file that does not prove all that evidence of its kind needs.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { EvidenceClaim } from '../../../../core/evidence/forms.ts';
import { Section } from '../../ui/page.tsx';
import { Revealed } from '../../ui/revealed.tsx';
import type { Checked } from './check.ts';
import { failedFirst, placeOf, toneOf, verdictOf, witnessedBy, wordOf } from './verdict.ts';

export function Report({ checked }: { checked: Checked }) {
  const { report, needs, about } = checked;
  const size = about?.checkpoint ?? '';
  const witnessed = witnessedBy(report);
  const tone = toneOf(report);
  return (
    <Section title="Report">
      <div role={tone === 'good' ? 'status' : 'alert'} className={`card grid gap-2 p-4 ${FRAMES[tone]}`}>
        <p className={`text-l font-semibold wrap-anywhere ${INKS[tone]}`}>
          <Revealed text={verdictOf(report, size)} />
        </p>
        {needs.map((said) => (
          <p key={said} className="text-s wrap-anywhere">
            <Revealed text={said} />
          </p>
        ))}
        {witnessed ? (
          <p className="text-s wrap-anywhere">
            <Revealed text={witnessed} />
          </p>
        ) : null}
        {report.sentence ? (
          <p className="wrap-anywhere">
            What was to run: <Revealed text={report.sentence} />
          </p>
        ) : null}
        {about ? <AboutFile about={about} /> : null}
      </div>
      <Care checked={checked} />
      <ol className="card" aria-label="Claims">
        {failedFirst(report.claims).map((claim, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a report never changes, and claims may be alike
          <Claim key={at} claim={claim} size={size} />
        ))}
      </ol>
    </Section>
  );
}

const FRAMES = { good: '', partial: 'border-warn bg-warn-soft', bad: 'border-bad bg-bad-soft' } as const;
const INKS = { good: '', partial: 'text-warn', bad: 'text-bad' } as const;

const AboutFile = ({ about: { what, status } }: { about: NonNullable<Checked['about']> }) => (
  <p className="text-s wrap-anywhere text-ink-2">
    The file is about <Revealed text={what} />
    {status === null ? null : (
      <>
        , which is{' '}
        <b>
          <Revealed text={status} />
        </b>
      </>
    )}
    . See that this is the one you mean.
  </p>
);

/** What was believed because the file says so, and what was not. */
function Care({ checked: { report, first_key, other_key } }: { checked: Checked }) {
  if (first_key !== null) {
    return (
      <KeyNote title="First use: this log key came with the file, and is now pinned in this browser." value={first_key}>
        Whoever forges a file forges its key, too. Compare this one with the key that the log’s operator published
        elsewhere, or with a colleague’s. From now on, only files under this key verify here.
      </KeyNote>
    );
  }
  if (other_key !== null) {
    return (
      <KeyNote title="The file brought another log key than those pinned in this browser." value={other_key}>
        It was not believed. If it belongs to another log, or to this one after a change of keys, compare it with what
        the operator published elsewhere, then add it under “What you already know” of <VerifyLink />.
      </KeyNote>
    );
  }
  if (!report.first_use) return null;
  return (
    <p className="rounded-lg bg-warn-soft p-3 text-s text-warn">
      Some of what was believed came with the file itself: see the claims named “anchor”, and compare each elsewhere.
    </p>
  );
}

const VerifyLink = () => (
  <Link to="/verify" className="underline">
    Verify evidence
  </Link>
);

function KeyNote({ title, value, children }: { title: string; value: string; children: ReactNode }) {
  return (
    <div className="grid gap-1 rounded-lg bg-warn-soft p-3 text-s text-warn">
      <p className="font-semibold">{title}</p>
      <p>{children}</p>
      <code className="whitespace-pre-line wrap-anywhere">
        <Revealed text={value} />
      </code>
    </div>
  );
}

const TONES: Partial<Record<EvidenceClaim['status'], string>> = { proved: 'good', failed: 'bad' };

function Claim({ claim, size }: { claim: EvidenceClaim; size: string }) {
  const place = placeOf(claim);
  return (
    <li className="grid gap-1 border-t border-line px-4 py-3 first:border-t-0">
      <p className="flex flex-wrap items-center gap-2">
        <span className={`status ${TONES[claim.status] ?? ''}`}>{wordOf(claim.status, size)}</span>
        <b>{claim.claim}</b>
      </p>
      <p className="wrap-anywhere">
        <Revealed text={claim.detail} />
      </p>
      {place ? (
        <p className="meta wrap-anywhere">
          <Revealed text={place} />
        </p>
      ) : null}
    </li>
  );
}
