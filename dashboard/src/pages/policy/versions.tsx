// Published versions: each can be looked at, with what changed to it from any other.
import { useState } from 'react';
import { lineDiff } from '../../../../core/change.ts';
import type { PolicyVersion } from '../../api/types.ts';
import { PolicyWords, sourceIn } from '../../ui/change/policy-words.tsx';
import { Diff } from '../../ui/diff.tsx';
import { Modal } from '../../ui/modal.tsx';
import { useNames } from '../../ui/names.ts';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';
import { SourceView } from './source-view.tsx';

export function Versions({ versions }: { versions: PolicyVersion[] }) {
  const [open, setOpen] = useState<PolicyVersion | null>(null);
  const nameOf = useNames();
  return (
    <>
      <Table
        label="Versions of the policy"
        rows={versions}
        rowKey={({ version }) => String(version)}
        empty={<p className="text-ink-2">No version yet.</p>}
        columns={[
          { head: 'Version', cell: ({ version }) => <b className="num">{version}</b> },
          { head: 'Published', cell: ({ published_at }) => <When at={published_at} /> },
          { head: 'By', cell: ({ published_by }) => <span className="wrap-anywhere">{nameOf(published_by)}</span> },
          { head: 'Digest', cell: ({ digest }) => <code className="text-s wrap-anywhere">{digest}</code> },
          {
            head: 'Look',
            cell: (version) => (
              <button type="button" className="btn small" onClick={() => setOpen(version)}>
                Show <span className="sr-only">version {version.version}</span>
              </button>
            ),
          },
        ]}
      />
      {open ? <Version version={open} versions={versions} onClose={() => setOpen(null)} /> : null}
    </>
  );
}

interface Props {
  version: PolicyVersion;
  versions: PolicyVersion[];
  onClose: () => void;
}

function Version({ version, versions, onClose }: Props) {
  const others = versions.filter((other) => other.version !== version.version);
  const previous = others.find((other) => other.version < version.version);
  const [base, setBase] = useState(previous ?? null);
  return (
    <Modal title={`Policy version ${version.version}`} onClose={onClose}>
      {others.length > 0 ? (
        <div className="grid gap-1">
          <label htmlFor="policy-base" className="text-s font-semibold">
            What changed since version
          </label>
          <select
            id="policy-base"
            className="field"
            value={base?.version ?? ''}
            onChange={(event) => setBase(others.find((other) => other.version === Number(event.target.value)) ?? null)}
          >
            <option value="">(do not compare)</option>
            {others.map((other) => (
              <option key={other.version} value={other.version}>
                {other.version}
              </option>
            ))}
          </select>
        </div>
      ) : null}
      {base ? <Compared base={sourceIn(base)} source={sourceIn(version)} /> : null}
      <SourceView source={sourceIn(version)} label={`Source of version ${version.version}`} />
    </Modal>
  );
}

const Compared = ({ base, source }: { base: string; source: string }) => (
  <>
    <PolicyWords before={base} after={source} />
    <details>
      <summary className="cursor-pointer text-ink-2">Line by line</summary>
      <Diff text={lineDiff(base, source)} label="Lines that differ" />
    </details>
  </>
);
