// Says when what is on the screen may be old. Silent while everything is live.
import { useSyncExternalStore } from 'react';

function watch(watcher: () => void): () => void {
  addEventListener('online', watcher);
  addEventListener('offline', watcher);
  return () => {
    removeEventListener('online', watcher);
    removeEventListener('offline', watcher);
  };
}

export const useOnline = (): boolean => useSyncExternalStore(watch, () => navigator.onLine !== false);

export function Connection() {
  if (useOnline()) return null;
  return (
    <p role="status" className="mb-4 rounded-lg bg-warn-soft p-3 text-s text-warn">
      This device is offline. What you see is the last that was read; nothing can be decided until the connection is
      back.
    </p>
  );
}
