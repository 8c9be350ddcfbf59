// What changes between two policies, in words of this page's own making: what widens is said first and marked. The
// language (YAML, CEL) is loaded here alone, when somebody looks.
import { useQuery } from '@tanstack/react-query';
import type { PolicyDifference } from '../../../../core/policy.ts';
import { Failure, Loading } from '../face.tsx';
import { Revealed } from '../revealed.tsx';

/** Loaded when needed: no page begins with it. */
export const policyLanguage = () => import('../../../../core/policy.ts');

/** Rejects when one of the two does not read: then nothing honest can be said in words. */
async function differences(before: string, after: string): Promise<PolicyDifference[]> {
  const { parsePolicy, policyDifferences } = await policyLanguage();
  const [old, fresh] = [parsePolicy(before), parsePolicy(after)];
  if (!old.ok || !fresh.ok)
    throw new Error('One of the two policies is not one that this page understands: read its lines instead.');
  return policyDifferences(old.value.policy, fresh.value.policy);
}

const MARKS: Record<PolicyDifference['effect'], [word: string, tone: string]> = {
  widens: ['Widens', 'bg-warn-soft text-warn'],
  unclear: ['May widen', 'bg-warn-soft text-warn'],
  narrows: ['Narrows', 'bg-good-soft text-good'],
  neutral: ['Changes', 'bg-well text-ink-2'],
};

export function PolicyWords({ before, after }: { before: string; after: string }) {
  const query = useQuery({
    queryKey: ['policy-words', before, after],
    queryFn: () => differences(before, after),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (query.isError) return <Failure error={query.error} />;
  if (!query.data) return <Loading what="what changes in words" />;
  if (query.data.length === 0) return <p>Nothing changes but comments, layout or order of keys.</p>;
  return (
    <ul className="grid gap-2" aria-label="What changes in words">
      {query.data.map(({ pointer, effect, text }) => (
        <li key={`${pointer}${text}`} className="grid gap-1 sm:grid-cols-[96px_minmax(0,1fr)] sm:gap-3">
          <span className={`justify-self-start rounded px-2 text-s font-semibold ${MARKS[effect][1]}`}>
            {MARKS[effect][0]}
          </span>
          <span className="min-w-0 wrap-anywhere">
            <Revealed text={text} />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The source of a policy document, as changes and versions carry it. */
export const sourceIn = (document: unknown): string =>
  typeof document === 'object' && document !== null && 'source' in document ? String(document.source) : '';
