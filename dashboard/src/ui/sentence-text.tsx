// The sentence on the screen: our words, and the caller's values isolated and revealed between them.
import { Fragment } from 'react';
import type { ApprovalRequest } from '../api/types.ts';
import { sentence } from '../text/sentence.ts';
import { Revealed } from './revealed.tsx';

/** What stands in the sentence's place when it was erased. */
export const ERASED = 'A request that was erased';

export function SentenceText({ request }: { request: ApprovalRequest }) {
  if (request.erased_at) return <>{ERASED}</>;
  const phrases = sentence({ ...request, params: request.effective?.params ?? request.params });
  return (
    <>
      {phrases.map((phrase, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: phrases of one sentence keep their places
        <Fragment key={at}>
          {at > 0 ? ' ' : ''}
          {phrase.kind === 'ours' ? phrase.text : <Revealed text={phrase.text} />}
        </Fragment>
      ))}
    </>
  );
}
