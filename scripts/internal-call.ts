// Calls that only whoever set the stack up can make: genesis and set-up links. The proof is a MAC, under the set-up's
// own derived key, over method, path, time and body; the Worker refuses anything else.
import { utf8 } from '../core/encoding.ts';
import { type MacSecret, macKeys, macText } from '../core/mac.ts';

/** `POST` to an internal path. Throws with the Worker's own words if it refuses. */
export async function internalCall<T>(
  base_url: string,
  secrets: readonly MacSecret[],
  path: string,
  body: object,
): Promise<T> {
  const text = JSON.stringify(body);
  const seconds = Math.floor(Date.now() / 1_000);
  const mac = macText(macKeys(secrets, 'link'), utf8(`POST ${path}\n${seconds}\n${text}`));
  const response = await fetch(base_url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-assentry-internal': `t=${seconds},mac=${mac}` },
    body: text,
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${answer}`);
  return JSON.parse(answer) as T;
}
