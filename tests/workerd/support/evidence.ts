// A bundle as its readers get it, once all of it is public, and what they pin from elsewhere.
import { type Anchors, type EvidenceBundle, type EvidenceReport, verifyEvidence } from '../../../core/evidence.ts';
import { policyJudge } from '../../../core/policy/evidence-judge.ts';
import { webCrypto } from '../../../sdk/src/evidence.ts';
import { BASE, type Caller, env, get, success } from './house.ts';

async function evidenceText(id: string, caller: Caller): Promise<string> {
  for (;;) {
    const { status, text, body } = await get(`/v1/approval-requests/${id}/evidence`, caller);
    if (status === 200) return text;
    if (body?.code !== 'not-sealed-yet') throw new Error(`answered ${status}: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export async function anchorsFor(organization: string): Promise<Anchors> {
  const keys = await success(get('/v1/ledger/key'));
  const receipt_key = keys.receipt_keys[0].public_key as string;
  return { log_key: keys.verifier_key as string, receipt_key, organization, origin: BASE, rp_id: env.RP_ID };
}

export interface Examined {
  bundle: EvidenceBundle;
  report: EvidenceReport;
}

/** The bundle of a request as this caller gets it, and what the verifier says of it. */
export async function examined(organization: string, id: string, caller: Caller): Promise<Examined> {
  const text = await evidenceText(id, caller);
  const report = await verifyEvidence(text, await anchorsFor(organization), webCrypto, { judge: policyJudge });
  return { bundle: JSON.parse(text) as EvidenceBundle, report };
}
