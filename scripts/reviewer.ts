// A person at the API, as the dashboard is one: a session cookie and a passkey, here in software. It builds each intent
// from what it was shown and computes the challenge itself; a server that offers another one is refused.
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { type ActionParts, paramsDigest } from '../core/digest.ts';
import { diffOf, editedAction } from '../core/edit.ts';
import {
  challengeText,
  type DecisionIntent,
  decisionIntent,
  type EditIntent,
  editIntent,
  type Intent,
  type Scope,
} from '../core/intent.ts';
import { asJson, type Digest, type JsonObject } from '../core/json.ts';
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
export interface ShownRequest extends ActionParts {
  id: string;
  policy: { digest: Digest };
  action_digest: Digest;
  request_digest: Digest;
  effective: {
    params: JsonObject;
    action_digest: Digest;
    requirement: { stages: { count: number; approved: number }[] } | null;
  };
  edits: JsonObject[];
  scope: JsonObject;
}

/** The request as it would be shown once these params stand: every earlier vote is void. */
function reduced(shown: ShownRequest, params: JsonObject): ShownRequest {
  const { action_digest } = editedAction(shown, params);
  const stages = (shown.effective.requirement?.stages ?? []).map((stage) => ({ ...stage, approved: 0 }));
  return {
    ...shown,
    effective: { params, action_digest, requirement: { stages } },
    edits: [...shown.edits, {}],
    scope: { ...shown.scope, params_digest: paramsDigest(shown.salt, params) },
  };
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
  static async enrol(base_url: string, link: string, passkey?: SoftwarePasskey): Promise<Reviewer> {
    const reviewer = new Reviewer(base_url, passkey ?? (await SoftwarePasskey.make(base_url)));
    const token = decodeURIComponent(new URL(link).hash.replace('#token=', ''));
    const offer = await reviewer.call<Offer<PublicKeyCredentialCreationOptionsJSON>>('POST', '/v1/passkeys/options', {
      token,
    });
    const response = await reviewer.passkey.create({ ...offer.public_key, challenge: challengeText(offer.intent) });
    const { intent, intent_token } = offer;
    const made = { intent, intent_token, response: asJson(response), name: 'software' };
    const next = await reviewer.call<Partial<Offer<PublicKeyCredentialRequestOptionsJSON>>>(
      'POST',
      '/v1/passkeys',
      made,
    );
    // After a recovery the new passkey signs once before the old ones end.
    if (next.public_key)
      await reviewer.#answer('/v1/passkeys', next as Offer<PublicKeyCredentialRequestOptionsJSON>, next.intent!);
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

  /** Reads the request, builds the intent, signs it; `params` reduce what is asked. Answers with the request afterwards. */
  async decide(
    id: string,
    decision: 'approve' | 'reject',
    comment: string | null = null,
    params?: JsonObject,
  ): Promise<JsonObject> {
    const shown = await this.call<ShownRequest>('GET', `/v1/approval-requests/${id}`);
    const path = `/v1/approval-requests/${id}/decisions`;
    const said: JsonObject = comment === null ? {} : { comment };
    const asked = { decision, ...said, ...(params === undefined ? {} : { params }) };
    const offer = await this.call<Offer<PublicKeyCredentialRequestOptionsJSON>>('POST', `${path}/options`, asked);
    const given = offer.intent as DecisionIntent;
    const intent = await this.#intentFor(
      params === undefined ? shown : reduced(shown, params),
      decision,
      comment,
      given,
    );
    return this.#answer(path, offer, intent, said);
  }

  /** Edits the params with a signature of its own, without approving. */
  async edit(id: string, params: JsonObject, comment: string | null = null): Promise<JsonObject> {
    const shown = await this.call<ShownRequest>('GET', `/v1/approval-requests/${id}`);
    const path = `/v1/approval-requests/${id}/edit`;
    const said: JsonObject = comment === null ? {} : { comment };
    const offer = await this.call<Offer<PublicKeyCredentialRequestOptionsJSON>>('POST', `${path}/options`, {
      ...{ params, ...said },
    });
    const given = offer.intent as EditIntent;
    const own = {
      ...{ organization: shown.organization, rp_id: new URL(this.base_url).hostname, request: shown.id, comment },
      ...{ action_digest: shown.action_digest, request_digest: shown.request_digest },
      ...{ replaces: shown.effective.action_digest, edited: editedAction(shown, params), stage: given.stage },
      ...{ policy_digest: shown.policy.digest, reviewer: await this.user() },
    };
    return this.#answer(path, offer, editIntent(own, given), said);
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
    const { requirement, params, action_digest } = shown.effective;
    const edited = { params, action_digest, diff: diffOf(shown.params, params) };
    return decisionIntent(
      {
        ...{ organization: shown.organization, rp_id: new URL(this.base_url).hostname, request: shown.id, decision },
        stage: requirement?.stages.findIndex(({ count, approved }) => approved < count) ?? 0,
        ...{ action_digest: shown.action_digest, request_digest: shown.request_digest },
        edited: shown.edits.length > 0 ? edited : null,
        scope: shown.scope as unknown as Scope,
        ...{ policy_digest: shown.policy.digest, comment, external_ref: null, reviewer: await this.user() },
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
