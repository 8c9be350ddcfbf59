// The sentence on the screen: our words, and the caller's values isolated and revealed between them, each an element of its
// own, so that no value can continue our sentence.
import { Fragment } from 'react';
import { countOf, type Phrase, sentence } from '../../../core/sentence.ts';
import type { ApprovalRequest } from '../api/types.ts';
import { Revealed } from './revealed.tsx';

/** What stands in the sentence's place when it was erased. */
export const ERASED = 'A request that was erased';

export function SentenceText({ request }: { request: ApprovalRequest }) {
  if (request.erased_at) return <>{ERASED}</>;
  return <Phrases phrases={sentence({ ...request, params: request.effective?.params ?? request.params })} />;
}

/** They bring their own blanks. */
export const Phrases = ({ phrases }: { phrases: readonly Phrase[] }) => (
  <>
    {phrases.map((phrase, at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: phrases of one sentence keep their places
      <Fragment key={at}>{shown(phrase)}</Fragment>
    ))}
  </>
);

function shown(phrase: Phrase) {
  if (phrase.kind === 'ours') return phrase.text;
  if (phrase.kind === 'missing') return <i className="font-normal text-bad">{phrase.text}</i>;
  if (phrase.kind === 'hidden') return <i className="font-normal text-ink-3">{phrase.text}</i>;
  return (
    <b className="value font-semibold">
      <Revealed text={phrase.text} />
      {countOf(phrase) === '' ? null : <span className="font-normal text-ink-3">{countOf(phrase)}</span>}
    </b>
  );
}
