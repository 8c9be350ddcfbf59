// Signing a proposed change with a passkey; afterwards its secret, shown once.
import type { Change } from '../../api/types.ts';
import { CopyBlock } from '../copy.tsx';
import { Failure } from '../face.tsx';
import { ChangeView } from './change-view.tsx';
import type { ChangeFlow } from './use-change.ts';

interface Props {
  change: Change;
  flow: Pick<ChangeFlow, 'signature' | 'waits'>;
  onBack?: () => void;
}

const SAYS = {
  reading: 'You sign exactly this change, nothing else.',
  sealing: 'Signed. Being sealed in the ledger…',
  checking: 'Not known yet: checking. You signed, and the answer did not arrive; it is asked for again.',
};

export function ChangeSigner({ change, flow, onBack }: Props) {
  const { signature, waits } = flow;
  return (
    <div className="grid gap-4">
      <ChangeView change={change} />
      {signature.isError ? <Failure error={signature.error} /> : null}
      <div className="flex flex-wrap items-center gap-3">
        <button
          type="button"
          className="btn key"
          disabled={signature.isPending}
          onClick={() => signature.mutate(change)}
        >
          {signature.isPending ? 'Waiting for your passkey…' : 'Sign with passkey'}
        </button>
        {onBack ? (
          <button type="button" className="btn quiet" disabled={signature.isPending} onClick={onBack}>
            Back
          </button>
        ) : null}
        <p role="status" className="meta">
          {SAYS[waits ?? 'reading']}
        </p>
      </div>
    </div>
  );
}

/** What the server keeps of a secret: it signs webhooks with theirs, and only compares a key. */
const keptOf = ({ kind }: Change): string =>
  kind === 'webhook_endpoint'
    ? 'the server keeps it to sign with, and shows it to nobody.'
    : 'only a hash of it is stored.';

/** After the signature: applied, or waiting for a second one. */
export function ChangeResult({ change, secretLabel }: { change: Change; secretLabel: string }) {
  return (
    <div className="grid gap-3" role="status">
      <p className="font-semibold">
        {change.status === 'applied' ? 'Signed and in force.' : 'Signed. A second administrator must sign, too.'}
      </p>
      {change.secret ? (
        <>
          <p className="text-ink-2">
            {secretLabel.endsWith('link')
              ? 'This is shown once and works once. Send it to the person it is for, and to nobody else.'
              : `This is shown once. Keep it where your secrets are; ${keptOf(change)}`}
          </p>
          <CopyBlock text={change.secret} label={secretLabel} />
        </>
      ) : null}
    </div>
  );
}
