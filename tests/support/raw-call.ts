// One HTTP/1.1 call as bytes on a socket: for what no HTTP client sends (TRACE, a body that is sent in chunks whatever the
// server answers). Ends by itself.
import { connect } from 'node:net';

export interface RawCall {
  method: string;
  path: string;
  headers?: Record<string, string>;
  /** Sent as chunks (RFC 9112 section 7.1), all of them. */
  chunks?: readonly string[];
}

/** The status and the head of the answer; rejects after `timeout_ms` without one. */
export function rawCall(
  base_url: string,
  call: RawCall,
  timeout_ms = 20_000,
): Promise<{ status: number; text: string }> {
  const { hostname, port, host } = new URL(base_url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`${call.method} ${call.path}: no answer in ${timeout_ms} ms`));
    }, timeout_ms);
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      text += part;
      if (text.includes('\r\n\r\n')) socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]), text });
    });
    socket.write(headOf(call, host));
    for (const chunk of call.chunks ?? []) socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
    if (call.chunks) socket.write('0\r\n\r\n');
  });
}

function headOf({ method, path, headers = {}, chunks }: RawCall, host: string): string {
  const sent = { host, ...headers, ...(chunks ? { 'transfer-encoding': 'chunked' } : {}) };
  const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
