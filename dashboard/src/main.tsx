// Mounts the app. Queries are shared; a 4xx is an answer, so only what may pass by itself is tried again.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiProblem } from './api/client.ts';
import { createDeskRouter } from './router.tsx';
import './style.css';
import { applyTheme } from './ui/theme.ts';

const PASSING = new Set(['offline', 'unavailable', 'internal']);

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      networkMode: 'always',
      retry: (failures, error) => failures < 1 && error instanceof ApiProblem && PASSING.has(error.code),
      retryDelay: 800,
    },
  },
});

applyTheme();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={createDeskRouter(client)} />
    </QueryClientProvider>
  </StrictMode>,
);
