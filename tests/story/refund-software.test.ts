// The refund story in the test organisation, with a passkey in software: the same that `npm run demo -- --virtual` tells.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Story, tellRefundStory } from '../../scripts/refund-story.ts';
import type { Reviewer } from '../../scripts/reviewer.ts';
import { enrolOwner } from '../support/people.ts';
import { listen, Receiver } from '../support/receiver.ts';
import { TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';

let stack: TestStack;
let reviewer: Reviewer;
let receiver: Receiver;
let story: Story;
const said: string[] = [];

beforeAll(async () => {
  stack = await TestStack.start();
  receiver = await Receiver.open();
  await listen(receiver, stack.base_url, stack.dev.test.admin_api_key, ['approval.decided']);
  reviewer = await enrolOwner(stack, 'test');
  const approve = async ({ id }: { id: string }) => {
    await reviewer.decide(id, 'approve', 'Checked the order.');
  };
  // Where the seed's own endpoint expects somebody.
  const webhook = { secret: stack.dev.webhook_secret, port: stack.place.port + 1 };
  const place = { base_url: stack.base_url, ...stack.dev.test, webhook };
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
