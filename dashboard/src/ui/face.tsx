// The face of every state that is not content: loading, empty, and each way of failing, with what to do about it.
import type { ReactNode } from 'react';
import { ApiProblem, isLost } from '../api/client.ts';
import { PasskeyRefusal } from '../passkey/refusal.ts';
import { Go } from './go.tsx';
import { Revealed } from './revealed.tsx';

export function Face({ title, children, alarm = false }: { title: string; children?: ReactNode; alarm?: boolean }) {
  return (
    <section className={`card grid gap-2 p-4 ${alarm ? 'border-bad' : ''}`} role={alarm ? 'alert' : undefined}>
      <p className={`font-semibold ${alarm ? 'text-bad' : ''}`}>{title}</p>
      {children}
    </section>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <p role="status" className="meta py-6">
      Loading {what}…
    </p>
  );
}

const TITLES: Record<string, string> = {
  offline: 'Assentry cannot be reached',
  lost: 'Not known yet: the answer was lost',
  unauthenticated: 'You are signed out',
  forbidden: 'You are not allowed to see or do this',
  'not-eligible': 'You cannot decide this request',
  'not-found': 'Nothing here by that name',
  'not-sealed-yet': 'Not sealed in the ledger yet',
  unavailable: 'A part of Assentry cannot be reached',
  'already-decided': 'Already decided',
  'not-pending': 'No longer waiting for a decision',
  'intent-expired': 'The prompt stayed open for too long',
  'base-moved': 'Somebody changed this in the meantime',
  'policy-denies': 'The current policy denies this',
  stopped: 'This agent is stopped',
  'passkey-too-new': 'This passkey is too new for this risk',
  'passkey-unverifiable': 'Nobody else could verify what this passkey signs',
  'second-signature-required': 'Signed. A second administrator must sign, too',
  mismatch: 'This page refused to sign',
  cancelled: 'Nothing was signed',
  unsupported: 'No passkeys here',
  'enrolled-already': 'This device has a passkey already',
};

const codeOf = (error: unknown): string =>
  isLost(error) ? 'lost' : error instanceof ApiProblem || error instanceof PasskeyRefusal ? error.code : 'failed';

/** What went wrong, where, and what to do. `retry` is offered if given. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const code = codeOf(error);
  return (
    <Face title={TITLES[code] ?? 'That did not work'} alarm={code === 'mismatch'}>
      <p className="text-ink-2" role={code === 'mismatch' ? undefined : 'alert'}>
        <Revealed text={error instanceof Error ? error.message : 'Unknown reason.'} lines />
      </p>
      {error instanceof ApiProblem ? <Places problem={error} /> : null}
      <div className="flex flex-wrap items-center gap-3">
        {retry ? (
          <button type="button" className="btn small" onClick={retry}>
            Try again
          </button>
        ) : null}
        {code === 'unauthenticated' ? (
          <Go className="btn small" to="/sign-in">
            Sign in
          </Go>
        ) : null}
      </div>
      <p className="meta">
        {code}
        {error instanceof ApiProblem && error.requestId ? ` · ${error.requestId}` : ''}
      </p>
    </Face>
  );
}

function Places({ problem }: { problem: ApiProblem }) {
  if (problem.places.length === 0) return null;
  return (
    <ul className="grid gap-1 text-s">
      {problem.places.map((place) => (
        <li key={`${place.pointer}${place.line ?? ''}:${place.column ?? ''}${place.detail}`}>
          <code>
            <Revealed text={place.line ? `${place.line}:${place.column ?? 1}` : place.pointer || '/'} />
          </code>{' '}
          <Revealed text={place.detail} lines />
        </li>
      ))}
    </ul>
  );
}
