// A merchant that pays a refund only with a capability for exactly that refund. It verifies offline and needs no key:
// what it trusts is the issuer that it pins.
//   ASSENTRY_ISSUER=http://localhost:8787/o/org_… npx node docs/examples/merchant.mjs
import { createServer } from 'node:http';
import { VerificationError, verifyCapability } from '@assentry/sdk/verify';

const RESOURCE = 'service:orders';
const issuer = process.env.ASSENTRY_ISSUER;
if (!issuer) throw new Error('Pin the issuer: ASSENTRY_ISSUER=http://localhost:8787/o/org_…');
// One process: a set is enough. Several would share it, or use an `enforce: consume` policy.
const seen = new Set();
const once = (jti) => !seen.has(jti) && Boolean(seen.add(jti));

const server = createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  try {
    const params = JSON.parse(text);
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    // The call, whole. A token that rests on metadata or context is refused here, because this call states none.
    const call = { action: 'order_tools.process_refund', resource: RESOURCE, params };
    const { request: approval } = await verifyCapability(token, call, { issuer, audience: RESOURCE, once });
    response.end(JSON.stringify({ paid: params.amount, approval }));
  } catch (error) {
    // Why it was refused is for the log of the merchant, not for whoever knocks.
    console.error('Refused:', error instanceof VerificationError ? error.reason : error);
    response.writeHead(403).end('{"paid":0}');
  }
});
server.listen(process.env.PORT ?? 8790, 'localhost', () =>
  console.log(`Refunds at http://localhost:${server.address().port}/refunds`),
);
