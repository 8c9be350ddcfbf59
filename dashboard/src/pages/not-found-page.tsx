// What an address that leads nowhere shows.
import { Link } from '@tanstack/react-router';
import { useTitle } from '../ui/page.tsx';

export function NotFoundPage() {
  useTitle('Not found');
  return (
    <main className="mx-auto grid max-w-xl gap-3 p-6">
      <h1>No page here</h1>
      <p className="text-ink-2">The address may be incomplete: links end in the whole id of a request.</p>
      <p>
        <Link to="/">Go to the queue</Link>
      </p>
    </main>
  );
}
