// A token that the Worker took is judged once more where the vote is recorded, by the clock that is recorded: the verifier
// of its evidence has no other one.
import { expect, it } from 'vitest';
import { base64url, utf8 } from '../../../core/encoding.ts';
import { tokenSigner } from '../../../core/request/token-signer.ts';

const ISSUED_S = 1_800_000_000;
const ENDS_S = ISSUED_S + 300;
const part = (value: object): string => base64url(utf8(JSON.stringify(value)));

const ISSUER = {
  id: 'iss_1',
  issuer: 'https://login.example',
  purpose: 'people',
  audience: 'us',
  leeway_seconds: 30,
  digest: 'sha256:a',
  mapped_since: {},
};
const TOKEN = [
  part({ alg: 'RS256' }),
  part({ iss: ISSUER.issuer, aud: 'us', sub: 'ada', iat: ISSUED_S, exp: ENDS_S }),
  'AA',
].join('.');
const CALL = {
  intent: { reviewer: 'usr_1' },
  token: {
    issuer: 'iss_1',
    subject: 'ada',
    issuer_settings: 'sha256:a',
    token: TOKEN,
    until: new Date(ENDS_S * 1_000).toISOString(),
  },
  facts: {
    standings: { usr_1: { active: true, identities: [{ issuer: 'iss_1', subject: 'ada', linked_at: '' }] } },
    issuers: [ISSUER],
  },
};
const RECORD = { created_at: '2000-01-01T00:00:00.000Z', judgement: { requirement: { verify: 'oidc', stages: [] } } };

it.each([
  [ISSUED_S - 31, 'token-refused'],
  [ISSUED_S - 30, 'taken'],
  [ENDS_S + 29, 'taken'],
  [ENDS_S + 30, 'token-refused'],
])('a token issued at 1800000000 for 300 seconds, recorded at %d, is: %s', (seconds, outcome) => {
  const answer = tokenSigner(RECORD as never, CALL as never, new Date(seconds * 1_000).toISOString());
  expect(answer.ok ? 'taken' : answer.problem.code).toBe(outcome);
});
