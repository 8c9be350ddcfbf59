// Told to everybody at the desk until somebody has reviewed it: the glass was broken. Where the use itself is in sight, it
// is not said twice.
import { useQuery } from '@tanstack/react-query';
import { breakGlassQuery } from '../api/queries.ts';
import { Go } from './go.tsx';
import { useNames } from './names.ts';
import { When } from './when.tsx';

const TOLD = ['/', '/requests', '/audit'];

export function OpenUses({ path }: { path: string }) {
  const query = useQuery({ ...breakGlassQuery, enabled: TOLD.includes(path) });
  const nameOf = useNames();
  const open = (query.data?.data ?? []).filter((use) => use.open);
  const newest = open.at(-1);
  if (!TOLD.includes(path) || newest === undefined) return null;
  const more = open.length === 1 ? '' : ` ${open.length} uses wait in all.`;
  return (
    <p role="status" className="card mb-4 p-3">
      <b>The glass was broken</b> by {nameOf(newest.user)} for {newest.actor}, <When at={newest.used_at} />, and nobody
      has reviewed it.{more} <Go to="/break-glass">Read and review</Go>
    </p>
  );
}
