// Mounts one review page, opened cold from a message on a phone: no router, no desk, nothing that it does not need.
// Inside the desk the same page is a route (router.tsx).
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { requestQuery } from './api/queries.ts';
import { ReviewPage } from './pages/review/review-page.tsx';
import { createQueryClient } from './query-client.ts';
import { SessionGate } from './session-gate.tsx';
import './style.css';
import { applyTheme } from './ui/theme.ts';

const id = decodeURIComponent(location.pathname.split('/')[2] ?? '');

// Not after the session, but beside it: a slow line is crossed once.
const client = createQueryClient();
void client.prefetchQuery(requestQuery(id));

applyTheme();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <SessionGate>
        <ReviewPage id={id} />
      </SessionGate>
    </QueryClientProvider>
  </StrictMode>,
);
