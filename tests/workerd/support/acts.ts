// What people do besides plain decisions, whole: options, touch, act. Each answers with what the server said.
import type { JsonObject } from '../../../core/json.ts';
import { type Answer, BASE, post, success } from './house.ts';
import type { Provider } from './provider.ts';
import type { Member, World } from './world.ts';

async function signed(by: Member, offer: Answer['body']): Promise<JsonObject> {
  const assertion = await by.passkey.get(offer.public_key);
  return { intent: offer.intent, intent_token: offer.intent_token, assertion } as never;
}

/** Asks for an intent at `path`/options, signs it, and sends it to `path`. */
async function act(by: Member, path: string, asked: JsonObject, said: JsonObject = {}): Promise<Answer['body']> {
  const { cookie } = by;
  const offer = await success(post(`${path}/options`, { cookie, body: asked }));
  return success(post(path, { cookie, body: { ...(await signed(by, offer)), ...said } }));
}

/** An edit of its own: whoever edits approves nothing by it. */
export const edit = (by: Member, request: string, params: JsonObject): Promise<Answer['body']> =>
  act(by, `/v1/approval-requests/${request}/edit`, { params });

export const breakGlass = (by: Member, ask: JsonObject): Promise<Answer['body']> => act(by, '/v1/break-glass', ask);

export const reviewUse = (
  by: Member,
  request: string,
  verdict = 'justified',
  comment = 'I read the incident.',
): Promise<Answer['body']> => {
  return act(by, `/v1/break-glass/${request}/review`, { verdict, comment }, { comment });
};

/** A decision by a token of the provider, through a key. */
export async function byToken(
  { organization, admin }: World,
  provider: Provider,
  about: { request: string; reviewer: string; sub: string; decision?: string },
): Promise<Answer['body']> {
  const { request, reviewer, sub, decision = 'approve' } = about;
  const path = `/v1/approval-requests/${request}/decisions`;
  const asked = { key: admin.text, body: { decision, reviewer } };
  const { intent, intent_token, nonce } = await success(post(`${path}/options`, asked));
  const oidc_token = await provider.token({ aud: `${BASE}/o/${organization}`, sub, nonce });
  return success(post(path, { key: admin.text, body: { intent, intent_token, oidc_token } }));
}
