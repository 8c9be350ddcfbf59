// The Pages app. `npm run build -w dashboard` writes dist/; browsers are those that know light-dark() (2024 and later).
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const BROWSERS = ['chrome123', 'edge123', 'firefox120', 'safari17.5'];
/** The desk, and the review page that a phone opens cold (public/_redirects sends /r/* to it). */
const PAGES = ['index.html', 'review.html'];

export default defineConfig(({ command }) => {
  // A build is for people whatever its caller's environment is: under NODE_ENV=test React would be its development form.
  if (command === 'build') process.env.NODE_ENV = 'production';
  return {
    root: import.meta.dirname,
    plugins: [react(), tailwindcss()],
    build: {
      target: BROWSERS,
      cssTarget: BROWSERS,
      // Inlined assets would need `data:` in the content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: PAGES.map((page) => `${import.meta.dirname}/${page}`) },
    },
  };
});
