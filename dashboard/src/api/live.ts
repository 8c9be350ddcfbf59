// The live feed: any message says that something changed, never what; the pages then read it again from the API. While
// the socket is down, `useLive()` is false and the pages read again every ten seconds.
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';

const GATHER_MS = 200;
const RECONNECT_MS = [1_000, 2_000, 5_000, 15_000];
export const FALLBACK_MS = 10_000;

let connected = false;
const watchers = new Set<() => void>();

function setConnected(value: boolean): void {
  connected = value;
  for (const watcher of watchers) watcher();
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Whether the feed is open now. */
export const useLive = (): boolean => useSyncExternalStore(watch, () => connected);

/** For `refetchInterval`: none while the feed is open. */
export const useFallbackInterval = (): number | false => (useLive() ? false : FALLBACK_MS);

/** Keeps one socket open while mounted, and refetches what is on the screen when it speaks or comes back. */
export function useLiveFeed(): void {
  const client = useQueryClient();
  useEffect(() => openFeed(client), [client]);
}

function openFeed(client: QueryClient): () => void {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let gather: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let closed = false;

  const refetch = () => {
    clearTimeout(gather);
    gather = setTimeout(
      () => void client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'session' }),
      GATHER_MS,
    );
  };
  const connect = () => {
    socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/live`);
    socket.onopen = () => {
      // What was missed while it was down is read now; the first connection missed nothing.
      if (failures > 0) refetch();
      failures = 0;
      setConnected(true);
    };
    socket.onmessage = refetch;
    socket.onclose = () => {
      setConnected(false);
      if (!closed) timer = setTimeout(connect, RECONNECT_MS[Math.min(failures++, RECONNECT_MS.length - 1)]);
    };
  };
  connect();
  return () => {
    closed = true;
    clearTimeout(timer);
    clearTimeout(gather);
    socket?.close();
  };
}

/** Refetches one request whenever its own stream (SSE) speaks; the browser resumes it by Last-Event-ID. */
export function useRequestStream(id: string, enabled: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!enabled) return;
    const source = new EventSource(`/v1/approval-requests/${encodeURIComponent(id)}/stream`);
    const refetch = () => void client.invalidateQueries({ queryKey: ['requests'] });
    for (const name of ['message', 'status', 'event', 'request', 'approval_request'])
      source.addEventListener(name, refetch);
    return () => source.close();
  }, [client, id, enabled]);
}
