// One cache for all pages. A 4xx is an answer: only what may pass by itself is tried again.
import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './api/client.ts';

const PASSING = new Set(['offline', 'unavailable', 'internal']);

export const createQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        networkMode: 'always',
        retry: (failures, error) => failures < 1 && error instanceof ApiProblem && PASSING.has(error.code),
        retryDelay: 800,
      },
      mutations: { networkMode: 'always' },
    },
  });
