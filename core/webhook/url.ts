// Where a webhook may be sent: the rules of every outgoing call, in a webhook's words.
import { outboundUrlFault } from '../outbound-url.ts';

/**
 * What is wrong with an endpoint's URL.
 *
 * @param base_url our own origin: only where it is localhost may a webhook go to http://localhost
 * @returns a sentence for people, or null if it is fine
 */
export const webhookUrlFault = (text: string, base_url: string): string | null =>
  outboundUrlFault(text, base_url, 'Webhooks');
