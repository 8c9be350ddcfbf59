// The beginning of the reference: who may call, the life of one request in four calls to type, what holds for all calls.
// Written by hand, so it names only what contract tests hold; everything below it is generated.
import { type Html, html } from './html.ts';

/** The four calls of an agent, with the variables that the one before leaves. */
const firstCalls = (base_url: string): string => `# 1. Ask. Policy answers approved, pending or rejected.
curl ${base_url}/v1/approval-requests \\
  -H "Authorization: Bearer $ASSENTRY_API_KEY" -H "Content-Type: application/json" \\
  -H "Idempotency-Key: deploy-v2.1.0" \\
  -d '{"action": "deployment.execute", "resource": "service:billing-api", "risk": "high",
       "params": {"version": "v2.1.0"}, "metadata": {"environment": "production"},
       "context": {"reason": "hotfix for INC-42"}}'

# 2. Wait. A person decides at its review_url; the answer is held up to 60 seconds.
curl "${base_url}/v1/approval-requests/$ID?wait=60" \\
  -H "Authorization: Bearer $ASSENTRY_API_KEY"

# 3. Exchange the approval for a token that fits this one action, once.
curl ${base_url}/v1/capabilities/exchange \\
  -H "Authorization: Bearer $ASSENTRY_API_KEY" -H "Content-Type: application/json" \\
  -d '{"request": "'$ID'", "actor": "service-account:release-bot", "nonce": "deploy-v2.1.0-once"}'

# 4. Say what happened.
curl ${base_url}/v1/approval-requests/$ID/outcome \\
  -H "Authorization: Bearer $ASSENTRY_API_KEY" -H "Content-Type: application/json" \\
  -d '{"status": "executed"}'`;

/** What stands above the list of calls. `base_url` of this deployment. */
export const introduction = (base_url: string): Html => html`<h2>Who calls</h2>
<p>Agents send an API key, <code>Authorization: Bearer asn_live_…</code> (<code>asn_test_…</code> in a test organisation);
a person makes it on the dashboard's page <a href="/machines">Machines</a>, where it is shown once. People have a session,
opened with a passkey; every decision and every change needs the passkey again. No key can decide.</p>
<h2>An agent's four calls</h2>
<pre tabindex="0">${firstCalls(base_url)}</pre>
<h2>What holds for all</h2>
<ul><li><code>Idempotency-Key</code> names a POST: the same key and body answer the same, marked
<code>Idempotent-Replayed: true</code>; another body under it is refused.</li>
<li>What permits is answered only once the ledger has sealed it; until then <code>503 not-sealed-yet</code> with
<code>Retry-After</code>: repeat the same call. A status that you do not know is not an approval.</li>
<li>Lists answer <code>data</code>, newest first, and <code>next_cursor</code>; hand that back as <code>cursor</code>.</li>
<li><code>run</code> names a proposal, too: the same run and tool call are the same request, with or without an
<code>Idempotency-Key</code>. What a person rejected within the last ten minutes is answered <code>409 recently-rejected</code>,
to whoever made it with that request as <code>approval_request</code>.</li>
<li>Bodies are strict JSON. The keys <code>__proto__</code>, <code>constructor</code> and <code>prototype</code> are refused at any
depth, in parameters, too: a tool that has such a parameter must be wrapped under another name.</li>
<li>Errors are <a href="/docs/problems">problems</a>; name their <code>request_id</code> when you ask for help.</li></ul>
<h2>All calls</h2>`;
