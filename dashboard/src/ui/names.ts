// Ids of people and machines as the names that this organisation gives them. An unknown id stays an id.
import { useQuery } from '@tanstack/react-query';
import { membersQuery, serviceAccountsQuery } from '../api/queries.ts';

const KNOWN: Record<string, string> = { clock: 'the clock', policy: 'policy', setup: 'the set-up' };

/** A function from an id to a name for people. */
export function useNames(): (id: string) => string {
  const members = useQuery({ ...membersQuery, staleTime: 60_000 });
  const accounts = useQuery({ ...serviceAccountsQuery, staleTime: 60_000 });
  const names = new Map([
    ...Object.entries(KNOWN),
    ...(members.data?.data ?? []).map(({ id, name, email }): [string, string] => [id, name || email]),
    ...(accounts.data?.data ?? []).map(({ id, name }): [string, string] => [id, name]),
  ]);
  return (id) => names.get(id) ?? id;
}
