// People of a test stack, with passkeys in software.
import { Reviewer } from '../../scripts/reviewer.ts';
import { mintSetupLink } from '../../scripts/seed.ts';
import type { TestStack } from './stack.ts';

/** The first owner of one of the stack's organisations. */
export async function enrolOwner(stack: TestStack, kind: 'live' | 'test'): Promise<Reviewer> {
  const { url } = await mintSetupLink(stack.place, stack.dev[kind].organization);
  return Reviewer.enrol(stack.base_url, url);
}
