// The refund story with a passkey in software, in an organisation of its own: the same that `npm run demo -- --virtual`
// tells, beside a test organisation that has an owner already.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { virtualHouse } from '../../scripts/demo-house.ts';
import { type Story, tellRefundStory } from '../../scripts/refund-story.ts';
import type { Reviewer } from '../../scripts/reviewer.ts';
import { enrolOwner } from '../support/people.ts';
import { listen, Receiver } from '../support/receiver.ts';
import { TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

let stack: TestStack;
let reviewer: Reviewer;
/** Owns the test organisation that was there before. */
let owner: Reviewer;
let receiver: Receiver;
let story: Story;
const said: string[] = [];

beforeAll(async () => {
  stack = await TestStack.start();
  receiver = await Receiver.open();
  owner = await enrolOwner(stack, 'test');
  const { webhook_secret, ...house } = await virtualHouse(stack.place);
  reviewer = house.reviewer;
  await listen(receiver, stack.base_url, house.admin_api_key, ['approval.decided']);
  const approve = async ({ id }: { id: string }) => {
    await reviewer.decide(id, 'approve', 'Checked the order.');
  };
  // Where the demo's own endpoint expects somebody.
  const webhook = { secret: webhook_secret, port: stack.place.port + 1 };
  const place = { base_url: stack.base_url, ...house, webhook };
  story = await tellRefundStory(place, approve, (line) => said.push(line));
});

afterAll(async () => {
  await story?.merchant.close();
  receiver?.close();
  await stack?.stop();
});

it('ends with one refund of each amount paid and the request executed', () => {
  expect(story.merchant.refunds.map(({ amount }) => amount)).toEqual([4_000, 129_200]);
  expect(story.request).toMatchObject({ status: 'executed', capability: { status: 'consumed' } });
  expect(story.request.decisions).toMatchObject([{ decision: 'approve', comment: 'Checked the order.' }]);
});

it('says each step in words', () => {
  expect(said.join('\n')).toMatch(
    /refund 40\.00.*\n.*1,292\.00: it waits.*[\s\S]*wrong-params[\s\S]*replayed[\s\S]*capability-spent[\s\S]*by webhook[\s\S]*ledger verifies/,
  );
});

it('tells receivers of the decision, signed, with what contract.md promises', async () => {
  const event = await until(() => receiver.events.find(({ subject }) => subject === story.request.id));
  expect(event).toMatchObject({
    specversion: '1.0',
    type: 'approval.decided',
    data: {
      approval_id: story.request.id,
      decision: 'approve',
      action: 'order_tools.process_refund',
      resource: 'service:orders',
      actor: 'service-account:release-bot',
      context: { reason: 'The customer sent ORD-1287 back.' },
    },
  });
  expect(receiver.forged).toEqual([]);
});

it('signs in again with the same passkey, and not with another', async () => {
  const { Reviewer } = await import('../../scripts/reviewer.ts');
  const { SoftwarePasskey } = await import('../../scripts/software-passkey.ts');
  const again = await Reviewer.signIn(stack.base_url, await reviewer.passkey.save());
  expect(await again.user()).toBe(await reviewer.user());
  const stranger = {
    ...(await (await SoftwarePasskey.make(stack.base_url)).save()),
    userHandle: reviewer.passkey.userHandle,
  };
  await expect(Reviewer.signIn(stack.base_url, stranger)).rejects.toMatchObject({ status: 401 });
});

it('is told again by the same people, and touches nobody else: no recovery, no link, the owner’s passkey as it was', async () => {
  const again = await virtualHouse(stack.place);
  expect([again.organization, await again.reviewer.user()]).toEqual([
    story.request.organization,
    await reviewer.user(),
  ]);
  expect(again.organization).not.toBe(stack.dev.test.organization);
  const signedIn = await (await import('../../scripts/reviewer.ts')).Reviewer.signIn(
    stack.base_url,
    await owner.passkey.save(),
  );
  expect(await signedIn.user()).toBe(await owner.user());
  const { data } = await owner.call<{ data: { type: string }[] }>('GET', '/v1/events?limit=100');
  expect(data.length).toBeGreaterThan(3);
  expect(data.map(({ type }) => type).filter((type) => /recover|revoked/.test(type))).toEqual([]);
});
