// The proposal against its digests, and the request that was asked for: what was asked is what everybody saw. Erased
// contents cannot be compared; their digests still bind whoever has a copy. The document is request.ts's.
import { actionDigest, paramsDigest, requestDigest } from '../digest.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Case } from './case.ts';
import { atLine } from './tally.ts';
import { sayWithheld, withheldIn } from './withheld.ts';

/** params, action and request digest, recomputed from the proposal's erasable part. */
export function checkDigests({ bundle, birth, tally }: Case): void {
  const at = atLine(birth.line);
  if (birth.personal === null) {
    tally.say('digests', 'not-replayable', 'What was asked is erased: its digests cannot be computed again here.', at);
    return;
  }
  const { skeleton } = birth;
  const { risk_reasons } = birth.personal as { risk_reasons: Json };
  const withheld = withheldIn(birth.line);
  const computed: JsonObject = {
    ...(withheld.length > 0 ? {} : digestsOfParams(bundle.organization.id, birth)),
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
  if (withheld.length > 0) tally.say('digests', 'not-replayable', sayWithheld(withheld), at);
  if (wrong.length > 0) return;
  const said = 'What was asked and what reviewers were shown give the recorded digests.';
  const rest = 'What reviewers were shown beside the action gives the recorded digest.';
  tally.say('digests', 'proved', withheld.length > 0 ? rest : said, at);
}

/** What only the whole params give. */
function digestsOfParams(organization: string, { personal, skeleton }: Case['birth']): JsonObject {
  const parts = { ...personal, organization, actor: skeleton.actor } as never;
  const { salt, params } = personal as { salt: string; params: JsonObject };
  return { params_digest: paramsDigest(salt, params), action_digest: actionDigest(parts) };
}

/** Another request's evidence is good evidence of something else. */
export function checkPinnedRequest({ birth, pinned, tally }: Case): void {
  if (pinned.request === null) return;
  const { object } = birth.line.event;
  const said = `This is the evidence of ${object}, not of ${pinned.request}.`;
  if (tally.holds(object === pinned.request, 'request', said, { field: '/events/0/event/object' }))
    tally.say('request', 'proved', `It is about ${object}, as was asked for.`);
}
