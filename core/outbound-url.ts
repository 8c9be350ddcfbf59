// Where we may call out to: judged when an address is proposed and again at each call, because what a name stands for
// and what we are can change in between. It resolves nothing: the platform does, and reaches no private network.

/** Names that never leave the machine or the network that we run in (RFC 6761, RFC 6762, RFC 8375). */
const PRIVATE_SUFFIXES = ['localhost', 'local', 'internal', 'home.arpa', 'lan', 'intranet'];

const isLiteral = (host: string): boolean => host.startsWith('[') || /^[0-9.]+$/.test(host);

const isPrivate = (host: string): boolean =>
  !host.includes('.') || PRIVATE_SUFFIXES.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));

/**
 * What is wrong with an address that we are asked to call.
 *
 * @param what calls it, in the plural, for the sentence: `Webhooks`
 * @param base_url our own origin: only where it is localhost may http://localhost be called
 * @returns a sentence for people, or null if it is fine
 */
export function outboundUrlFault(text: string, base_url: string, what: string): string | null {
  if (!URL.canParse(text)) return 'This is not a URL.';
  const url = new URL(text);
  const host = url.hostname.replace(/\.+$/, '');
  if (url.username !== '' || url.password !== '') return 'A URL with a user name or password is not kept.';
  if (url.hash !== '') return 'The URL has a fragment, which is never sent.';
  if (host === 'localhost' && new URL(base_url).hostname === 'localhost' && /^https?:$/.test(url.protocol)) return null;
  if (url.protocol !== 'https:') return `${what} go over https only (http://localhost while we are on localhost).`;
  if (isLiteral(host)) return 'Name the host: addresses are refused.';
  return isPrivate(host) ? 'This name is of a private network, which is not reached from here.' : null;
}
