// Server ⊆ verifier: whatever form of a ceremony the server takes, the verifier of its evidence takes, too, in workerd, in
// Node and in a browser, and these three never differ. Over forms that are generated: every part bent, every kind of key.
import fc from 'fast-check';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { userHandle } from '../../core/credential.ts';
import { base64url, concatBytes, fromBase64Url, fromUtf8, utf8 } from '../../core/encoding.ts';
import { newId } from '../../core/ids.ts';
import { challengeText, INTENT_KINDS, type Intent } from '../../core/intent.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Knobs } from '../../scripts/software-passkey.ts';
import { freshCeremony } from '../../worker/auth/intent-token.ts';
import { verifyRegistration } from '../../worker/auth/registration.ts';
import { verifyAssertion } from '../../worker/auth/webauthn.ts';
import { ASSERTION_FORMS, CLIENT_FORMS } from '../support/odd-forms.ts';
import { UNFIT } from '../support/odd-keys.ts';
import { SoftwarePasskey } from '../support/software-passkey.ts';
import { type SignedForm, verdictsOf } from '../support/verdicts.ts';

const site = { origin: 'https://approve.example', rp_id: 'approve.example' };
const id = (prefix: 'org' | 'usr', fill: number) => newId(prefix, 1e12, new Uint8Array(10).fill(fill));
const [organization, user] = [id('org', 1), id('usr', 2)];
const signer = { organization, user };

/** Of every kind of ceremony. What they say is bound by the challenge alone. */
const intentOf = (kind: (typeof INTENT_KINDS)[number]): Intent =>
  ({
    v: 1,
    kind,
    organization,
    rp_id: site.rp_id,
    reviewer: user,
    signer: user,
    user,
    ...(kind === 'enrol' ? { token: null, adds: 'sha256:x' } : {}),
    ...freshCeremony(Date.now()),
  }) as unknown as Intent;

const ALGORITHMS = ['ES256', 'EdDSA', 'RS256'] as const;
const keys = new Map<string, { passkey: SoftwarePasskey; public_key: string }>();
const wantedOf = (intent: Intent) => ({ challenge: challengeText(intent), ...site });
const optionsOf = (intent: Intent) =>
  ({
    challenge: challengeText(intent),
    rp: { id: site.rp_id },
    rpId: site.rp_id,
    user: { id: userHandle(organization, user) },
  }) as never;

beforeAll(async () => {
  for (const algorithm of ALGORITHMS) {
    const passkey = await SoftwarePasskey.make(site.origin, algorithm);
    const intent = intentOf('enrol');
    const made = await verifyRegistration(site, intent, await passkey.create(optionsOf(intent)));
    if (!made.ok) throw new Error(made.problem.reason);
    keys.set(algorithm, { passkey, public_key: made.value.public_key });
  }
});

/** One change of bytes: at some place one is replaced, put in, taken out or doubled; or nothing is done. */
const edits = fc.constantFrom('replace', 'insert', 'remove', 'double', 'append');
const bytesBend = fc.tuple(edits, fc.nat(4_000), fc.nat(255)).map(([edit, place, byte]) => (honest: Uint8Array) => {
  const at = place % honest.length;
  const [head, tail] = [honest.subarray(0, at), honest.subarray(at + 1)];
  const one = Uint8Array.of(byte);
  const own = honest.subarray(at, at + 1);
  const made = {
    replace: [head, one, tail],
    insert: [head, one, own, tail],
    remove: [head, tail],
    double: [head, own, own, tail],
    append: [honest, one],
  };
  return concatBytes(...made[edit]);
});

/** Members of JSON as a careless or hostile maker writes them, at the beginning or the end of the object. */
const word = fc.constantFrom(
  'type',
  'challenge',
  'origin',
  'crossOrigin',
  'topOrigin',
  'x',
  '__proto__',
  'tokenBinding',
);
const escaped = fc
  .tuple(word, fc.boolean())
  .map(([name, hidden]) => (hidden ? `\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}` : name));
const value = fc.oneof(
  fc.constantFrom(
    'true',
    'false',
    'null',
    '0',
    '1e400',
    '9007199254740993',
    '-0',
    '"\\ud800"',
    '"webauthn.get"',
    '{}',
    '[]',
  ),
  fc.jsonValue({ maxDepth: 2 }).map((json) => JSON.stringify(json)),
);
const clientBend = fc
  .tuple(escaped, value, fc.boolean(), fc.constantFrom('', ' ', '\n', '\t'))
  .map(([name, json, last, space]) => (honest: Uint8Array) => {
    const text = fromUtf8(honest)!;
    const member = `"${name}"${space}:${space}${json}`;
    return utf8(last ? `${text.slice(0, -1)},${member}}${space}` : `{${member},${text.slice(1)}`);
  });

const knobs: fc.Arbitrary<Knobs> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: fc.constantFrom(...ASSERTION_FORMS.map(([, form]) => form)) },
  { weight: 4, arbitrary: clientBend.map((bendClient) => ({ bendClient })) },
  { weight: 2, arbitrary: bytesBend.map((bendClient) => ({ bendClient })) },
  { weight: 3, arbitrary: bytesBend.map((bendData) => ({ bendData })) },
  { weight: 3, arbitrary: bytesBend.map((bendSignature) => ({ bendSignature })) },
  {
    weight: 1,
    arbitrary: fc.record({ backupEligible: fc.boolean(), backedUp: fc.boolean(), userVerified: fc.boolean() }),
  },
);
/** How a key of before is written: as it is, with a byte changed, or another one altogether. */
const keyBend = fc.oneof(
  { weight: 6, arbitrary: fc.constant((honest: Uint8Array) => honest) },
  { weight: 1, arbitrary: bytesBend },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...UNFIT.map(
        ([, key]) =>
          () =>
            key,
      ),
    ),
  },
);

const ask = async (where: 'node' | 'browser', forms: SignedForm[]): Promise<(string | null)[]> => {
  const response = await fetch(`${inject('verdict_board')}/${where}`, { method: 'POST', body: JSON.stringify(forms) });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
};

interface Judged {
  taken: boolean;
  form: SignedForm;
}

/** Whatever is taken holds in all three, and the three say the same. @returns how many the server took */
async function hold(judged: Judged[]): Promise<number> {
  const forms = judged.map(({ form }) => form);
  const [here, node, browser] = await Promise.all([verdictsOf(forms), ask('node', forms), ask('browser', forms)]);
  judged.forEach(({ taken, form }, at) => {
    const said = { workerd: here[at], node: node[at], browser: browser[at], form };
    const holds = [here[at], node[at], browser[at]].map((verdict) => verdict === null);
    expect(new Set(holds).size, JSON.stringify(said)).toBe(1);
    if (taken) expect(holds[0], JSON.stringify(said)).toBe(true);
  });
  return judged.filter(({ taken }) => taken).length;
}

const assertion = fc.record({
  kind: fc.constantFrom(...INTENT_KINDS),
  algorithm: fc.constantFrom(...ALGORITHMS),
  knobs,
  keyBend,
});

describe('what the server takes', () => {
  it('of any ceremony’s assertion, every verifier takes', async () => {
    let [taken, all] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(assertion, { minLength: 60, maxLength: 60 }), async (cases) => {
        const judged = await Promise.all(
          cases.map(async ({ kind, algorithm, knobs, keyBend }): Promise<Judged> => {
            const { passkey, public_key: honest } = keys.get(algorithm)!;
            const intent = intentOf(kind);
            const response = await passkey.get(optionsOf(intent), knobs).catch(() => passkey.get(optionsOf(intent)));
            const public_key = base64url(keyBend(fromBase64Url(honest)!));
            const stored = {
              id: 'pk_1',
              user,
              status: 'active' as const,
              credential_id: passkey.credentialId,
              counter: 0,
            };
            const device_type = knobs.backupEligible ? ('multiDevice' as const) : ('singleDevice' as const);
            const verified = await verifyAssertion(
              site,
              intent,
              response,
              { ...stored, public_key, device_type },
              signer,
            );
            const asserted = { intent, assertion: response as unknown as JsonObject, public_key, ...site, signer };
            // The one thing that a key of before may sign and evidence does not show: its successor's enrolment.
            const succeeds = kind === 'enrol' && public_key !== honest;
            return { taken: verified.ok && !succeeds, form: { kind: 'assertion', asserted } };
          }),
        );
        taken += await hold(judged);
        all += judged.length;
      }),
      { numRuns: 25 },
    );
    expect(taken).toBeGreaterThan(all / 50);
    expect(taken).toBeLessThan(all / 2);
  });

  it('of any registration, every verifier takes', async () => {
    const bends = fc.oneof(
      { weight: 1, arbitrary: fc.constant<Knobs>({}) },
      { weight: 2, arbitrary: fc.constantFrom(...UNFIT.map(([, key]): Knobs => ({ bendKey: () => key }))) },
      { weight: 2, arbitrary: fc.constantFrom(...CLIENT_FORMS.map(([, form]) => form)) },
      { weight: 3, arbitrary: bytesBend.map((bendKey): Knobs => ({ bendKey })) },
      { weight: 2, arbitrary: bytesBend.map((bendData): Knobs => ({ bendData })) },
      { weight: 3, arbitrary: bytesBend.map((bendAttestation): Knobs => ({ bendAttestation })) },
      { weight: 2, arbitrary: clientBend.map((bendClient): Knobs => ({ bendClient })) },
    );
    let [taken, all] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...ALGORITHMS), bends), { minLength: 60, maxLength: 60 }),
        async (cases) => {
          const judged = await Promise.all(
            cases.map(async ([algorithm, knobs]): Promise<Judged> => {
              const intent = intentOf('enrol');
              const answer = await keys.get(algorithm)!.passkey.create(optionsOf(intent), knobs);
              const verified = await verifyRegistration(site, intent, answer);
              const form = {
                kind: 'registration' as const,
                answer: { id: answer.id, ...answer.response },
                wanted: wantedOf(intent),
              };
              return { taken: verified.ok, form };
            }),
          );
          taken += await hold(judged);
          all += judged.length;
        },
      ),
      { numRuns: 25 },
    );
    expect(taken).toBeGreaterThan(all / 50);
    expect(taken).toBeLessThan(all / 2);
  });
});
