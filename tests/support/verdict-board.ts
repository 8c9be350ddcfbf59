// Verdicts of Node and of a real browser for tests inside workerd, which can start neither: POST forms to `/node` or
// `/browser`. The browser is started when it is first asked for.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';
import { launchBrowser } from './browser.ts';
import { type SignedForm, verdictsOf } from './verdicts.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `http://localhost:PORT`. */
    verdict_board: string;
  }
}

type Verdicts = (string | null)[];

/** The verifier as a page runs it. */
async function bundled(): Promise<string> {
  const lib = { entry: join(import.meta.dirname, 'verdicts.ts'), formats: ['iife' as const], name: 'verifier' };
  const result = await build({ configFile: false, logLevel: 'silent', build: { write: false, target: 'es2024', lib } });
  const [{ output }] = result as unknown as [{ output: { code: string }[] }];
  return output.map(({ code }) => code).join('\n');
}

async function bodyOf(request: IncomingMessage): Promise<SignedForm[]> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text) as SignedForm[];
}

export default async function open(project: TestProject): Promise<() => Promise<void>> {
  let browser: Browser | null = null;
  let page: Promise<Page> | null = null;
  const base = () => `http://localhost:${(server.address() as AddressInfo).port}`;
  const opened = async (): Promise<Page> => {
    browser = await launchBrowser();
    const fresh = await browser.newPage();
    // A secure context: elsewhere there is no WebCrypto.
    await fresh.goto(base());
    await fresh.addScriptTag({ content: `${await bundled()}\nglobalThis.verifier = verifier;` });
    return fresh;
  };
  const judges: Record<string, (forms: SignedForm[]) => Promise<Verdicts>> = {
    '/node': verdictsOf,
    '/browser': async (forms) => {
      page ??= opened();
      const asked = `globalThis.verifier.verdictsOf(${JSON.stringify(forms)})`;
      return (await page).evaluate<Verdicts>(asked);
    },
  };
  const server = createServer(async (request, response) => {
    const judge = judges[request.url ?? ''];
    if (judge === undefined) return void response.setHeader('content-type', 'text/html').end('<title>verifier</title>');
    try {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(await judge(await bodyOf(request))));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  project.provide('verdict_board', base());
  return async () => {
    await browser?.close();
    server.closeAllConnections();
    server.close();
  };
}
