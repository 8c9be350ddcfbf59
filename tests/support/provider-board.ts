// A provider of documents for tests inside workerd: what a test pins under a name is served there, so that a provider can
// be honest, hostile or slow. It signs nothing; tests do. Started once per run, on localhost.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** `http://localhost:PORT`: PUT a {@link Pinned} under a path, then GET it. */
    provider_board: string;
  }
}

export interface Pinned {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** Milliseconds until it is answered. */
  delay_ms?: number;
}

export default async function open(project: TestProject): Promise<() => void> {
  const pinned = new Map<string, Pinned>();
  const heard = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    if (request.method === 'PUT') {
      let text = '';
      for await (const chunk of request) text += chunk;
      pinned.set(path, JSON.parse(text));
      return void response.writeHead(204).end();
    }
    // How often a path was asked for.
    if (path.startsWith('/heard/')) return void response.end(String(heard.get(path.slice('/heard'.length)) ?? 0));
    heard.set(path, (heard.get(path) ?? 0) + 1);
    const { status = 200, headers = {}, body = '', delay_ms = 0 } = pinned.get(path) ?? { status: 404 };
    await new Promise((resolve) => setTimeout(resolve, delay_ms));
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  project.provide('provider_board', `http://localhost:${(server.address() as AddressInfo).port}`);
  return () => {
    server.closeAllConnections();
    server.close();
  };
}
