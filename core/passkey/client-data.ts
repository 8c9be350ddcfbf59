// What the browser says a passkey signed for (WebAuthn level 3, section 5.8.1), read once and strictly: text that two
// readers could understand differently (a key twice, half a surrogate, a byte order mark) is refused.
import { fromUtf8 } from '../encoding.ts';
import { isObject } from '../json.ts';
import { parseStrictJson } from '../strict-json.ts';

interface WantedClientData {
  type: 'webauthn.create' | 'webauthn.get';
  /** base64url. */
  challenge: string;
  origin: string;
}

/** What is wrong with it; null when it is this ceremony, over this challenge, on this page and in no frame of another. */
export function faultOfClientData(bytes: Uint8Array, wanted: WantedClientData): string | null {
  const text = fromUtf8(bytes);
  if (text === null) return 'it is not UTF-8';
  const parsed = parseStrictJson(text);
  if (!parsed.ok) return `it is not strict JSON: ${parsed.problem.errors?.[0]?.detail ?? parsed.problem.detail}`;
  if (!isObject(parsed.value)) return 'it is no JSON object';
  const data = parsed.value;
  for (const name of ['type', 'challenge', 'origin'] as const)
    if (data[name] !== wanted[name]) return `${name} is ${JSON.stringify(data[name])}, not ${wanted[name]}`;
  const alone = (data.crossOrigin === undefined || data.crossOrigin === false) && data.topOrigin === undefined;
  return alone ? null : 'it was made in a frame of another origin';
}
