// One cache for all pages. A 4xx is an answer: only what may pass by itself is tried again.
import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './api/client.ts';

/** Problem code → how often a read is tried again. */
const RETRIES: Record<string, number> = { offline: 1, unavailable: 1, internal: 1, 'not-sealed-yet': 30 };

export const createQueryClient = () =>
  new QueryClient({
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
