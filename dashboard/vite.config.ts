// The Pages app. `npm run build -w dashboard` writes dist/; browsers are those that know light-dark() (2024 and later).
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const BROWSERS = ['chrome123', 'edge123', 'firefox120', 'safari17.5'];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    target: BROWSERS,
    cssTarget: BROWSERS,
    // Inlined assets would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Two pages: the desk, and the review page that a phone opens cold (public/_redirects sends /r/* to it).
    rolldownOptions: { input: ['index.html', 'review.html'].map((page) => `${import.meta.dirname}/${page}`) },
  },
});
