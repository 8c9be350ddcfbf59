// One cache for all pages. A 4xx is an answer: only what may pass by itself is tried again.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem, isLost, isSignedOut } from './api/client.ts';

/** Problem code → how often a read is tried again. */
const RETRIES: Record<string, number> = { offline: 1, unavailable: 1, internal: 1, 'not-sealed-yet': 30 };

export function createQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    // What became of an act whose answer was lost, only the server knows: everything is read again.
    if (isLost(error)) void client.invalidateQueries();
    if (isSignedOut(error)) void client.invalidateQueries({ queryKey: ['session'] });
  };
  const client: QueryClient = new QueryClient({
    mutationCache: new MutationCache({ onError }),
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (query.queryKey[0] !== 'session') onError(error);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        networkMode: 'always',
        // Under `always` it would be off: what happened while this device was offline is read when it is back.
        refetchOnReconnect: true,
        retry: (failures, error) => error instanceof ApiProblem && failures < (RETRIES[error.code] ?? 0),
        retryDelay: 800,
      },
      mutations: { networkMode: 'always' },
    },
  });
  return client;
}
