// Calls that only whoever set the stack up can make: genesis and set-up links. The proof is that of
// core/internal-call.ts; the Worker refuses anything else.
import { utf8 } from '../core/encoding.ts';
import { INTERNAL_HEADER, internalHeader } from '../core/internal-call.ts';
import { type MacSecret, macKeys } from '../core/mac.ts';

/** `POST` to an internal path. Throws with the Worker's own words if it refuses. */
export async function internalCall<T>(
  base_url: string,
  secrets: readonly MacSecret[],
  path: string,
  body: object,
): Promise<T> {
  const text = JSON.stringify(body);
  const call = { method: 'POST', path, body: utf8(text) };
  const proof = internalHeader(macKeys(secrets, 'link'), call, Math.floor(Date.now() / 1_000));
  const response = await fetch(base_url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [INTERNAL_HEADER]: proof },
    body: text,
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${answer}`);
  return JSON.parse(answer) as T;
}
