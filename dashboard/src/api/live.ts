// The live feed: any message says that something changed, never what; the pages then read it again from the API. What
// changed before the socket was open, or while it was down, is not told: so everything is read again when it opens, and
// every ten seconds while it is not.
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';

const GATHER_MS = 200;
const RECONNECT_MS = [1_000, 2_000, 5_000, 15_000];
const FALLBACK_MS = 10_000;

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

/** Keeps one socket open while mounted, and refetches what is on the screen when it opens, speaks, or is not there. */
export function useLiveFeed(): void {
  const client = useQueryClient();
  useEffect(() => openFeed(() => readAgain(client)), [client]);
}

const readAgain = (client: QueryClient) =>
  client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });

/** Calls once for what comes close together: a steady stream of messages puts the reading off no further. */
function gathered(call: () => unknown): { soon: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = () => {
    timer = undefined;
    call();
  };
  const soon = () => {
    timer ??= setTimeout(run, GATHER_MS);
  };
  return { soon, stop: () => clearTimeout(timer) };
}

/** Null where the browser lacks the API or a policy forbids it: then the page only reads again every ten seconds. */
function made<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}

/** @returns how to close it */
function openFeed(read: () => unknown): () => void {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  const { soon, stop } = gathered(read);
  const connect = () => {
    clearTimeout(timer);
    const opened = made(
      () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/live`),
    );
    socket = opened;
    if (opened === null) return;
    opened.onopen = () => {
      failures = 0;
      setConnected(true);
      soon();
    };
    opened.onmessage = soon;
    opened.onclose = () => {
      if (socket !== opened) return;
      setConnected(false);
      timer = setTimeout(connect, RECONNECT_MS[Math.min(failures++, RECONNECT_MS.length - 1)]);
    };
  };
  const drop = () => {
    const old = socket;
    socket = null;
    old?.close();
    setConnected(false);
  };
  // A socket over a line that was cut may never say so: it is given up, and another one opened.
  const onOnline = () => {
    drop();
    connect();
    soon();
  };
  const fallback = setInterval(() => connected || soon(), FALLBACK_MS);
  addEventListener('online', onOnline);
  addEventListener('offline', drop);
  connect();
  return () => {
    removeEventListener('online', onOnline);
    removeEventListener('offline', drop);
    clearInterval(fallback);
    clearTimeout(timer);
    stop();
    drop();
  };
}

/** Refetches one request whenever its own stream (SSE) speaks; the browser resumes it by Last-Event-ID. */
export function useRequestStream(id: string, enabled: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!enabled) return;
    const source = made(() => new EventSource(`/v1/approval-requests/${encodeURIComponent(id)}/stream`));
    if (source === null) return;
    const refetch = () => void client.invalidateQueries({ queryKey: ['requests'] });
    for (const name of ['message', 'status', 'event', 'request', 'approval_request'])
      source.addEventListener(name, refetch);
    return () => source.close();
  }, [client, id, enabled]);
}
