// The request's evidence, to take along or to check here: the same file in both cases, byte for byte as it came.
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { readText } from '../../api/client.ts';
import { Failure } from '../../ui/face.tsx';
import { Section } from '../../ui/page.tsx';
import { Report } from '../verify/report.tsx';

export function EvidenceFile({ id }: { id: string }) {
  const [sealing, setSealing] = useState(false);
  const read = () => {
    setSealing(false);
    const path = `/v1/approval-requests/${encodeURIComponent(id)}/evidence`;
    return readText(path, { onSealing: () => setSealing(true) });
  };
  const download = useMutation({ mutationFn: async () => save(`${id}.evidence`, await read()) });
  const verify = useMutation({
    mutationFn: async () => {
      // The verifier is loaded only for those who use it.
      const [text, { check }] = await Promise.all([read(), import('../verify/check.ts')]);
      return check(text, {});
    },
  });
  const busy = download.isPending || verify.isPending;
  const failed = [download, verify].find(({ isError }) => isError);
  return (
    <Section title="Evidence">
      <div className="card grid gap-3 p-4">
        <p className="text-s text-ink-2">
          One file that proves this request’s life to people who believe neither you nor us.{' '}
          <Link to="/verify" className="text-accent">
            Check any such file
          </Link>{' '}
          without signing in.
        </p>
        <div className="flex flex-wrap gap-2">
          <button type="button" className="btn small" disabled={busy} onClick={() => download.mutate()}>
            Download evidence
          </button>
          <button type="button" className="btn small" disabled={busy} onClick={() => verify.mutate()}>
            Verify in this browser
          </button>
        </div>
        {busy ? (
          <p role="status" className="meta">
            {sealing ? 'Waiting until the ledger has sealed it…' : 'Reading the evidence…'}
          </p>
        ) : null}
        {failed ? <Failure error={failed.error} /> : null}
      </div>
      {verify.data && !verify.isPending ? <Report checked={verify.data} /> : null}
    </Section>
  );
}

function save(name: string, text: string): void {
  const href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  Object.assign(document.createElement('a'), { href, download: name }).click();
  // The click has handed it to the browser; later, so that slow ones have begun to read.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
