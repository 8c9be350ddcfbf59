// The policy in force, its editor, what past answers suggest, and its versions.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { policyQuery, policyVersionsQuery } from '../../api/queries.ts';
import type { PolicyVersion } from '../../api/types.ts';
import { PageFrame, Section } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { When } from '../../ui/when.tsx';
import { PolicyEditor } from './policy-editor.tsx';
import { SourceView } from './source-view.tsx';
import { Suggestions } from './suggestions.tsx';
import { Versions } from './versions.tsx';

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
  const [draft, setDraft] = useState<string | null>(null);
  const source = sourceOf(policy);
  if (draft !== null)
    return <PolicyEditor base={policy} published={source} source={draft} onDone={() => setDraft(null)} />;
  return (
    <>
      <p className="flex flex-wrap items-center gap-3">
        <button type="button" className="btn" onClick={() => setDraft(source)}>
          Edit the policy
        </button>
        <span className="meta">
          <When at={policy.published_at} prefix="published " /> · <code>{policy.digest}</code>
        </span>
      </p>
      <SourceView source={source} label="Policy in force" />
      <Suggestions source={source} onDraft={setDraft} />
    </>
  );
}
