// The erasure of one request: it widens nothing and cannot be undone, so it is a signed change like any other. Whether
// the request has ended is gathered before (erasures.ts); what performs it is the request's own object.
import { isId } from '../../../core/ids.ts';
import { fail, ok } from '../../../core/problems.ts';
import { isErased, orderErasure } from '../erasures.ts';
import { type Kind, plain, wrong } from './kind.ts';

export const erasure: Kind = {
  plan: (room, { target, value }) => {
    if (target === null || !isId('apr', target)) return wrong('/target', 'name the request: apr_…');
    if (value.reason === undefined) return wrong('/value/reason', 'say why it is erased');
    if (isErased(room, target)) return fail('illegal-transition', 'This request is erased already.');
    return ok(plain(target, { request: target, erased: false }, { request: target, erased: true }));
  },
  /** `erasure.performed` is in the request's own chain, written with the erasure itself. */
  event: () => null,
  apply: (room, { id, target, value, signatures, proposed_by }) =>
    orderErasure(room, target, {
      change: id,
      by: signatures.at(-1)?.signer ?? proposed_by,
      reason: String(value.reason),
    }),
};
