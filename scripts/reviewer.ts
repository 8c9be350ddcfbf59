// A person at the API, as the dashboard is one: a session cookie and a passkey, here in software. It builds each intent
// from what it was shown and computes the challenge itself; a server that offers another one is refused.
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { challengeText, type DecisionIntent, decisionIntent, type Intent, type Scope } from '../core/intent.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { SoftwarePasskey, type SoftwarePasskeyState } from './software-passkey.ts';

interface Offer<P> {
  intent: Intent;
  intent_token: string;
  public_key: P;
}

interface SessionAnswer {
  organization: { id: string };
  user: { id: string };
}

/** What a decision needs of the request as it is shown. */
export interface ShownRequest {
  id: string;
  organization: string;
  policy: { digest: `sha256:${string}` | string };
  requirement: { stages: { count: number; approved: number }[] } | null;
  effective: { action_digest: string };
  request_digest: string;
  scope: JsonObject;
}

/** A refusal by the API, with its problem document. */
export class Refused extends Error {
  readonly status: number;
  readonly problem: JsonObject;

  constructor(path: string, status: number, problem: JsonObject) {
    super(`${path} answered ${status} ${String(problem.code ?? '')}: ${String(problem.detail ?? '')}`);
    this.status = status;
    this.problem = problem;
  }
}

export class Reviewer {
  readonly base_url: string;
  readonly passkey: SoftwarePasskey;
  #cookie: string | null = null;
  #user: string | null = null;

  constructor(base_url: string, passkey: SoftwarePasskey) {
    this.base_url = base_url;
    this.passkey = passkey;
  }

  /** Enrols the first passkey of whoever the link is for, which opens a session. `link` ends in `#token=…`. */
  static async enrol(base_url: string, link: string): Promise<Reviewer> {
    const reviewer = new Reviewer(base_url, await SoftwarePasskey.make(base_url));
    const token = decodeURIComponent(new URL(link).hash.replace('#token=', ''));
    const offer = await reviewer.call<Offer<PublicKeyCredentialCreationOptionsJSON>>('POST', '/v1/passkeys/options', {
      token,
    });
    const response = await reviewer.passkey.create({ ...offer.public_key, challenge: challengeText(offer.intent) });
    const { intent, intent_token } = offer;
    await reviewer.call('POST', '/v1/passkeys', { intent, intent_token, response: asJson(response), name: 'software' });
    return reviewer;
  }

  /** Signs in with a passkey that was enrolled before. */
  static async signIn(base_url: string, state: SoftwarePasskeyState): Promise<Reviewer> {
    const reviewer = new Reviewer(base_url, await SoftwarePasskey.load(base_url, state));
    const offer = await reviewer.call<Offer<PublicKeyCredentialRequestOptionsJSON>>('POST', '/v1/session/options', {});
    await reviewer.#answer('/v1/session', offer, offer.intent);
    return reviewer;
  }

  /** Who this is, asked once. */
  async user(): Promise<string> {
    this.#user ??= (await this.call<SessionAnswer>('GET', '/v1/session')).user.id;
    return this.#user;
  }

  /** Reads the request, builds the intent, signs it. Answers with the request afterwards. */
  async decide(id: string, decision: 'approve' | 'reject', comment: string | null = null): Promise<JsonObject> {
    const shown = await this.call<ShownRequest>('GET', `/v1/approval-requests/${id}`);
    const path = `/v1/approval-requests/${id}/decisions`;
    const offer = await this.call<Offer<PublicKeyCredentialRequestOptionsJSON>>('POST', `${path}/options`, {
      decision,
      ...(comment === null ? {} : { comment }),
    });
    const intent = await this.#intentFor(shown, decision, comment, offer.intent as DecisionIntent);
    return this.#answer(path, offer, intent, comment === null ? {} : { comment });
  }

  /** Proposes a change and signs it; answers with the change, and any secret in it. */
  async change(kind: string, value: JsonObject, target?: string): Promise<JsonObject> {
    const proposed = await this.call<{ id: string }>('POST', '/v1/changes', {
      kind,
      value,
      ...(target ? { target } : {}),
    });
    const path = `/v1/changes/${proposed.id}`;
    const offer = await this.call<Offer<PublicKeyCredentialRequestOptionsJSON>>('POST', `${path}/options`, {});
    return this.#answer(`${path}/sign`, offer, offer.intent);
  }

  /** One call with the session's cookie, as a page of the same origin makes it. Throws `Refused`. */
  async call<T = JsonObject>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(this.base_url + path, {
      method,
      headers: {
        origin: this.base_url,
        'sec-fetch-site': 'same-origin',
        ...(this.#cookie === null ? {} : { cookie: this.#cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const set = response.headers.getSetCookie().find((cookie) => cookie.startsWith('__Host-assentry_session='));
    if (set !== undefined) this.#cookie = set.split(';')[0]!;
    const text = await response.text();
    const answer = (text === '' ? {} : JSON.parse(text)) as JsonObject;
    if (!response.ok) throw new Refused(`${method} ${path}`, response.status, answer);
    return answer as T;
  }

  async #intentFor(shown: ShownRequest, decision: 'approve' | 'reject', comment: string | null, given: DecisionIntent) {
    return decisionIntent(
      {
        organization: shown.organization,
        rp_id: new URL(this.base_url).hostname,
        request: shown.id,
        stage: shown.requirement?.stages.findIndex(({ count, approved }) => approved < count) ?? 0,
        decision,
        action_digest: shown.effective.action_digest as DecisionIntent['action_digest'],
        request_digest: shown.request_digest as DecisionIntent['request_digest'],
        scope: shown.scope as unknown as Scope,
        policy_digest: shown.policy.digest as DecisionIntent['policy_digest'],
        comment,
        external_ref: null,
        reviewer: await this.user(),
      },
      given,
    );
  }

  async #answer(
    path: string,
    offer: Offer<PublicKeyCredentialRequestOptionsJSON>,
    intent: Intent,
    more: JsonObject = {},
  ): Promise<JsonObject> {
    const challenge = challengeText(intent);
    if (challenge !== offer.public_key.challenge)
      throw new Error('The server offers another challenge than this intent has.');
    const assertion = await this.passkey.get({ ...offer.public_key, challenge });
    return this.call('POST', path, { intent, intent_token: offer.intent_token, assertion: asJson(assertion), ...more });
  }
}

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
