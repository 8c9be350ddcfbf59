// The proposal against its digests, and the request that was asked for: what was asked is what everybody saw. Erased
// contents cannot be compared; their digests still bind whoever has a copy. The document is request.ts's.
import { actionDigest, paramsDigest, requestDigest } from '../digest.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Case } from './case.ts';
import { atLine } from './tally.ts';

/** params, action and request digest, recomputed from the proposal's erasable part. */
export function checkDigests({ bundle, birth, tally }: Case): void {
  const at = atLine(birth.line);
  if (birth.personal === null) {
    tally.say('digests', 'not-replayable', 'What was asked is erased: its digests cannot be computed again here.', at);
    return;
  }
  const { skeleton } = birth;
  const parts = { ...birth.personal, organization: bundle.organization.id, actor: skeleton.actor } as never;
  const { salt, params, risk_reasons } = birth.personal as { salt: string; params: JsonObject; risk_reasons: Json };
  const computed: JsonObject = {
    params_digest: paramsDigest(salt, params),
    action_digest: actionDigest(parts),
    request_digest: requestDigest({
      ...(birth.personal as object),
      action_digest: skeleton.action_digest,
      risk: { level: skeleton.risk, claimed: skeleton.claimed_risk, reasons: risk_reasons },
      policy: { version: skeleton.policy_version, digest: skeleton.policy_digest, rule: skeleton.rule },
      ...{ requirement: skeleton.requirement, on_behalf_of: skeleton.on_behalf_of, expires_at: skeleton.expires_at },
    } as never),
  };
  const wrong = Object.keys(computed).filter((field) => computed[field] !== skeleton[field]);
  for (const field of wrong)
    tally.say('digests', 'failed', `${field} is not that of what was asked.`, {
      ...at,
      field: `/events/0/event/skeleton/${field}`,
    });
  if (wrong.length === 0)
    tally.say('digests', 'proved', 'What was asked and what reviewers were shown give the recorded digests.', at);
}

/** Another request's evidence is good evidence of something else. */
export function checkPinnedRequest({ birth, pinned, tally }: Case): void {
  if (pinned.request === null) return;
  const { object } = birth.line.event;
  const said = `This is the evidence of ${object}, not of ${pinned.request}.`;
  if (tally.holds(object === pinned.request, 'request', said, { field: '/events/0/event/object' }))
    tally.say('request', 'proved', `It is about ${object}, as was asked for.`);
}
