// The organisation's object asked directly to admit an emergency use: what it refuses by itself, should the edge in front
// of it ever err.
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import {
  ceremony,
  type Founded,
  founded,
  furtherEnrolment,
  invited,
  owner,
  random,
  refusalCode,
  type Somebody,
  value,
  verified,
} from './support/organization.ts';

let org: Founded;
let boss: Somebody;
let fire: Somebody;
beforeAll(async () => {
  org = await founded();
  boss = await owner(org);
  fire = await invited(boss, 'fire@example.com', ['break_glass']);
});

const freshRequest = () => newId('apr', Date.now(), random(10));

/** A use as the Worker asks to admit it. */
async function use(by: Somebody, passkey = by.passkey, intent: JsonObject = ceremony(), request = freshRequest()) {
  const { facts } = await value(org.object.authorize({ credential: by.session, config_version: null }));
  return org.object.breakGlass({
    ...{ credential: by.session, config_version: facts.config_version, judged_by: facts.config_version, request },
    ...{ actor: 'service-account:release-bot', external_ref: null, verified: verified(passkey, intent) },
  });
}

describe('the organisation admits no emergency use', () => {
  it('with a passkey that rests, while an older one will do', async () => {
    const { passkey } = await value(org.object.enrolFurther(furtherEnrolment(fire)));
    expect(passkey.restricted_until).not.toBeNull();
    expect(await refusalCode(use(fire, passkey.id))).toBe('passkey-too-new');
  });

  it('with somebody else’s passkey, or without the role', async () => {
    expect(await refusalCode(use(fire, boss.passkey))).toBe('ceremony-failed');
    expect(await refusalCode(use(boss))).toBe('forbidden');
  });

  it('with an intent that is over, or that lives too long', async () => {
    expect(await refusalCode(use(fire, fire.passkey, ceremony(500)))).toBe('intent-expired');
    expect(await refusalCode(use(fire, fire.passkey, ceremony(3_600_000)))).toBe('intent-mismatch');
  });

  it('by a policy that has moved since', async () => {
    const asked = { credential: fire.session, config_version: 1, judged_by: 1, request: freshRequest() };
    const more = { actor: 'service-account:release-bot', external_ref: null };
    const answer = await value(
      org.object.breakGlass({ ...asked, ...more, verified: verified(fire.passkey, ceremony()) }),
    );
    expect(answer).toMatchObject({ admitted: 'stale', snapshot: { organization: { id: org.id } } });
  });

  it('twice by one signature, but for a repeat of the same use', async () => {
    const intent = ceremony();
    const request = freshRequest();
    expect(await value(use(fire, fire.passkey, intent, request))).toMatchObject({ admitted: 'yes' });
    expect(await value(use(fire, fire.passkey, intent, request))).toMatchObject({ admitted: 'yes' });
    expect(await refusalCode(use(fire, fire.passkey, intent))).toBe('nonce-used');
    expect(await refusalCode(use(fire))).toBe('break-glass-debt');
  });
});
