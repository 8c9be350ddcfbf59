// People of a test stack, with passkeys in software.
import { Reviewer } from '../../scripts/reviewer.ts';
import { mintSetupLink } from '../../scripts/seed.ts';
import type { SoftwarePasskey } from './software-passkey.ts';
import type { TestStack } from './stack.ts';

/** The first owner of one of the stack's organisations; `passkey` where it is not to be any. */
export async function enrolOwner(
  stack: TestStack,
  kind: 'live' | 'test',
  passkey?: SoftwarePasskey,
): Promise<Reviewer> {
  const { url } = await mintSetupLink(stack.place, stack.dev[kind].organization);
  return Reviewer.enrol(stack.base_url, url, passkey);
}
