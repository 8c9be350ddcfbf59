// The policy in force, its editor, and its versions.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { policyQuery, policyVersionsQuery } from '../../api/queries.ts';
import type { PolicyVersion } from '../../api/types.ts';
import { PageFrame, Section } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { Table } from '../../ui/table.tsx';
import { When } from '../../ui/when.tsx';
import { PolicyEditor } from './policy-editor.tsx';
import { SourceView } from './source-view.tsx';

export function PolicyPage() {
  const query = useQuery(policyQuery);
  const versions = useQuery(policyVersionsQuery);
  return (
    <PageFrame title="Policy" note={query.data ? `version ${query.data.version} is in force` : undefined}>
      <QueryView query={query} what="the policy">
        {(policy) => <PolicyBody policy={policy} />}
      </QueryView>
      <Section title="Versions">
        <QueryView query={versions} what="the versions">
          {({ data }) => <Versions versions={data} />}
        </QueryView>
      </Section>
    </PageFrame>
  );
}

const sourceOf = (policy: PolicyVersion): string => policy.source ?? JSON.stringify(policy.policy, null, 2);

function PolicyBody({ policy }: { policy: PolicyVersion }) {
  const [editing, setEditing] = useState(false);
  if (editing) return <PolicyEditor base={policy} source={sourceOf(policy)} onDone={() => setEditing(false)} />;
  return (
    <>
      <p className="flex flex-wrap items-center gap-3">
        <button type="button" className="btn" onClick={() => setEditing(true)}>
          Edit the policy
        </button>
        <span className="meta">
          <When at={policy.published_at} prefix="published " /> · <code>{policy.digest}</code>
        </span>
      </p>
      <SourceView source={sourceOf(policy)} label="Policy in force" />
    </>
  );
}

const Versions = ({ versions }: { versions: PolicyVersion[] }) => (
  <Table
    label="Versions of the policy"
    rows={versions}
    rowKey={({ version }) => String(version)}
    empty={<p className="text-ink-2">No version yet.</p>}
    columns={[
      { head: 'Version', cell: ({ version }) => <b className="num">{version}</b> },
      { head: 'Published', cell: ({ published_at }) => <When at={published_at} /> },
      { head: 'By', cell: ({ published_by }) => <span className="wrap-anywhere">{published_by}</span> },
      { head: 'Digest', cell: ({ digest }) => <code className="text-s">{digest}</code> },
    ]}
  />
);
