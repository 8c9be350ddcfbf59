// An emergency use on its way in: what it is about is judged by policy, the organisation says whether this person may,
// the passkey signs it, and the request is born approved. Nothing is stored before the signature: the intent's token
// carries the call, and what is born is computed from it again.
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { Snapshot } from '../../core/authority.ts';
import { overridden } from '../../core/break-glass.ts';
import { canonicalBytes, canonicalize } from '../../core/canonical.ts';
import { digestOf } from '../../core/digest.ts';
import { instantAt, instantMs } from '../../core/duration.ts';
import { base64url, fromBase64Url, fromUtf8, utf8 } from '../../core/encoding.ts';
import type { BreakGlassIntent } from '../../core/intent.ts';
import type { JsonObject } from '../../core/json.ts';
import { MAX_BREAK_GLASS_BYTES } from '../../core/limits.ts';
import { judge, judgeDenies } from '../../core/policy.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import { type Birth, newRecord } from '../../core/request/birth.ts';
import { intentOf } from '../../core/request/break-glass.ts';
import type { BreakGlassAdmission } from '../../durable-objects/organization/break-glass.ts';
import type { View } from '../../durable-objects/request/calls.ts';
import { clientOf } from '../auth/acting.ts';
import { authorizedPerson } from '../auth/authorized.ts';
import { type Ceremony, offerAssertion } from '../auth/ceremony.ts';
import { freshCeremony, openIntent } from '../auth/intent-token.ts';
import { confirmSnapshot } from '../auth/snapshot.ts';
import { ceremonyFailed, siteOf, verifyAssertion } from '../auth/webauthn.ts';
import type { Ctx } from '../context.ts';
import { organizationOf } from '../organization.ts';
import { macKeysOf } from '../secrets.ts';
import { recentCheckpoint } from './checkpoint.ts';
import { paramsFit } from './fitting.ts';
import { policyInput, readProposal } from './proposal.ts';
import { freshId, random } from './propose.ts';
import { requestOf } from './request-object.ts';

/** What is asked, with what only the server adds: the token brings both back. */
interface Call {
  body: JsonObject & { reason: string; external_ref?: string; expires_in?: number };
  request: string;
  capability_id: string;
  salt: string;
}

type Known = Extract<Awaited<ReturnType<typeof authorizedPerson>>, { ok: true }>['value'];
type Verified = Parameters<ReturnType<typeof organizationOf>['breakGlass']>[0]['verified'];

/** What the page needs beside the ceremony to compute the action's digest itself. */
interface Offer extends Ceremony<unknown> {
  salt: string;
  constraints: JsonObject;
}

/** Offers a use to be signed. Every refusal that can be known before the touch is said here. */
export async function offerBreakGlass(c: Ctx, body: Call['body']): Promise<Result<Offer>> {
  const known = await authorizedPerson(c);
  if (!known.ok) return known;
  if (canonicalBytes(body).length > MAX_BREAK_GLASS_BYTES)
    return fail('payload-too-large', `A break-glass call has at most ${MAX_BREAK_GLASS_BYTES} bytes.`);
  const call = { body, request: freshId('apr'), capability_id: freshId('cap'), salt: base64url(random(16)) };
  const admitted = await admit(c, known.value, call, null);
  if (!admitted.ok) return admitted;
  const now_ms = Date.now();
  const usable = known.value.passkeys.filter(({ restricted_until: at }) => at === null || instantMs(at) <= now_ms);
  if (usable.length === 0)
    return fail('passkey-too-new', 'Your passkeys are too new to break glass. Use an older one.');
  const ceremony = freshCeremony(now_ms);
  const born = birthOf(c, known.value, call, admitted.value, ceremony.issued_at);
  if (!born.ok) return born;
  const { reason, external_ref = null } = body;
  const of = { rp_id: c.env.RP_ID, reason, external_ref, reviewer: known.value.principal.user };
  const given = { ...ceremony, checkpoint: await recentCheckpoint(c.env) };
  const intent = intentOf(newRecord(born.value, ceremony.issued_at), of, given);
  const site = { site: siteOf(c.env), keys: macKeysOf(c.env, 'intent') };
  const offered = await offerAssertion(site, intent, usable, base64url(utf8(canonicalize({ ...call }))));
  return ok({ ...offered, salt: call.salt, constraints: born.value.judgement.constraints });
}

export interface SignedUse {
  intent: JsonObject;
  intent_token: string;
  assertion: AuthenticationResponseJSON;
}

/** Takes a signed use. @returns the request once it is sealed; the same call again is the same request */
export async function takeBreakGlass(c: Ctx, signed: SignedUse): Promise<Result<View>> {
  const known = await authorizedPerson(c);
  if (!known.ok) return known;
  const { caller, principal, passkeys } = known.value;
  const offered = openIntent(macKeysOf(c.env, 'intent'), 'break-glass', signed);
  if (!offered.ok) return offered;
  const { intent, carried } = offered.value;
  if (intent.organization !== caller.organization || intent.reviewer !== principal.user)
    return fail('intent-mismatch', 'This intent was offered to somebody else.');
  const passkey = passkeys.find(({ credential_id }) => credential_id === signed.assertion.id);
  if (passkey === undefined) return ceremonyFailed('not a passkey of the signer');
  const signer = { organization: caller.organization, user: principal.user };
  const verified = await verifyAssertion(siteOf(c.env), intent, signed.assertion, passkey, signer);
  if (!verified.ok) return verified;
  const call = JSON.parse(fromUtf8(fromBase64Url(carried)!)!) as Call;
  const admitted = await admit(c, known.value, call, verified.value);
  if (!admitted.ok) return admitted;
  const birth = birthOf(c, known.value, call, admitted.value, intent.issued_at);
  if (!birth.ok) return birth;
  return requestOf(c.env, caller.organization, call.request).breakGlass(birth.value, {
    ...{ rp_id: c.env.RP_ID, intent, assertion: verified.value.assertion, reason: call.body.reason },
    ...{ passkey: passkey.id, new_counter: verified.value.new_counter, facts: admitted.value.facts },
    ...{ ip: c.req.header('cf-connecting-ip') ?? null, user_agent: clientOf(c).user_agent ?? null },
  });
}

interface Admitted extends BreakGlassAdmission {
  by: Snapshot;
}

/** Policy may move under our feet: so often it is judged again before we say so. */
const MAX_JUDGEMENTS = 3;

/** No deny of the current policy, then the organisation's word, both by one configuration. */
async function admit(c: Ctx, known: Known, call: Call, verified: Verified): Promise<Result<Admitted>> {
  const { caller, principal } = known;
  const asked = readProposal(call.body, principal);
  if (!asked.ok) return asked;
  let by = known.snapshot;
  for (let round = 0; round < MAX_JUDGEMENTS; round++) {
    const denied = judgeDenies(by.policy.policy, policyInput(asked.value.proposal, null), instantAt(Date.now()));
    if (denied)
      return fail('policy-denies', `Glass is never broken over a deny (rule ${denied.rule}): ${denied.detail}`);
    const fits = paramsFit(by.policy.policy, asked.value.proposal);
    if (!fits.ok) return fits;
    const answer = await organizationOf(c.env, caller.organization).breakGlass({
      ...{ credential: caller.credential, config_version: by.config_version, judged_by: by.config_version, verified },
      ...{ request: call.request, actor: asked.value.proposal.actor, external_ref: call.body.external_ref ?? null },
    });
    if (!answer.ok) return answer;
    by = confirmSnapshot(answer.value.snapshot, by, Date.now());
    if (answer.value.admitted === 'yes') return ok({ ...answer.value, by });
  }
  return fail('unavailable', 'Policy is changing too fast to judge by. Repeat the same call.', {
    retry_after_seconds: 1,
  });
}

/** The request that the use makes: from the same call and moment, the same digests. */
function birthOf(
  c: Ctx,
  known: Known,
  call: Call,
  admitted: Admitted,
  at: BreakGlassIntent['issued_at'],
): Result<Birth> {
  const asked = readProposal(call.body, known.principal);
  if (!asked.ok) return asked;
  const { policy, organization, config_version } = admitted.by;
  const input = policyInput(asked.value.proposal, null);
  const judged = judge(policy.policy, input, { now: at, exhausted_patterns: [] });
  const judgement = overridden(judged, call.body.expires_in ?? null);
  const { request: id, capability_id, salt } = call;
  return ok({
    ...{ id, capability_id, salt, judgement, config_version, proposal: asked.value.proposal, expires_in: null },
    organization: { id: organization.id, kind: organization.kind },
    requester: { kind: 'service_account', ...admitted.account, key: null },
    on_behalf_of: known.principal.user,
    policy: { version: policy.version, digest: policy.digest },
    idempotency: { key: null, run: null, body_digest: digestOf({ ...call }) },
    ip: c.req.header('cf-connecting-ip') ?? null,
    expires_at: instantAt(instantMs(at) + judgement.capability.ttl_seconds * 1_000),
  });
}
