// Whether a create that found its object already there is the same call: then its answer is the same, else it is refused
// and nothing changes (contract.md "Conventions"). Both names of a call are compared, run and Idempotency-Key; one that
// only one of the two calls has contradicts nothing.

import type { Digest } from '../../core/json.ts';
import { fail, ok, type Result } from '../../core/problems.ts';
import type { Birth } from '../../core/request/birth.ts';
import type { RequestRecord } from '../../core/request/record.ts';

export function sameCall(
  record: RequestRecord,
  birth: Pick<Birth, 'id' | 'organization' | 'idempotency'>,
): Result<null> {
  const [was, is] = [record.idempotency, birth.idempotency];
  if (record.organization.id !== birth.organization.id || record.id !== birth.id)
    throw new Error('a create reached an object of another name');
  if (was.body_digest === is.body_digest && agree(was.key, is.key) && agree(was.run, is.run)) return ok(null);
  const code = was.run !== null && was.run === is.run ? 'run-mismatch' : 'idempotency-mismatch';
  return fail(code, 'The same key was used before for another body. Use a fresh key for another request.');
}

const agree = (was: Digest | null, is: Digest | null): boolean => was === null || is === null || was === is;
