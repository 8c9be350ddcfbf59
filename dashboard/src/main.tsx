// Mounts the desk: everything but a review page that was opened cold (review-main.tsx).
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from './query-client.ts';
import { router } from './router.tsx';
import './style.css';
import { Navigator } from './ui/go.tsx';
import { applyTheme } from './ui/theme.ts';

applyTheme();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={createQueryClient()}>
      <Navigator value={(href) => void router.navigate({ href })}>
        <RouterProvider router={router} />
      </Navigator>
    </QueryClientProvider>
  </StrictMode>,
);
