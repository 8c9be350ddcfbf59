// Text of others, as text nodes only. What tries to hide is a chip, a word of mixed writing systems is named, and a
// value is isolated (bdi) so that its direction cannot reorder ours.
import { Fragment } from 'react';
import { reveal } from '../../../core/display.ts';
import { hasMixedScripts } from '../../../core/scripts.ts';

const CLIP_CHARS = 600;

interface Props {
  text: string;
  /** Whether line breaks are layout here; else they are shown as what they are. */
  lines?: boolean;
}

const escaped = (text: string) => text.replaceAll('\n', '␊').replaceAll('\t', '␉');

export function Revealed({ text, lines = false }: Props) {
  // The index is the identity: pieces never move within one text.
  const pieces = reveal(text).map((piece, at) => ({ piece, key: `${at}` }));
  return (
    <bdi className={lines ? 'whitespace-pre-wrap' : undefined}>
      {pieces.map(({ piece, key }) =>
        'text' in piece ? (
          <Fragment key={key}>{lines ? piece.text : escaped(piece.text)}</Fragment>
        ) : (
          <span key={key} className="reveal" title={piece.name}>
            {piece.hidden}
            <span className="sr-only"> hidden character: {piece.name}</span>
          </span>
        ),
      )}
    </bdi>
  );
}

/** What a reader should know of a text before trusting its looks; nothing when there is nothing to say. */
export function TextWarnings({ text }: { text: string }) {
  const hidden = reveal(text).filter((piece) => 'hidden' in piece).length;
  const warnings = [
    hidden > 0 ? `${hidden} hidden ${hidden === 1 ? 'character' : 'characters'} shown` : null,
    hasMixedScripts(text) ? 'mixes writing systems: letters may not be what they look like' : null,
  ].filter((warning) => warning !== null);
  if (warnings.length === 0) return null;
  return <span className="ml-2 inline-block text-s font-normal text-bad">{warnings.join(' · ')}</span>;
}

/** Long text: its beginning, and a button that says how much more there is. */
export function LongText({ text, lines = true }: Props) {
  if (text.length <= CLIP_CHARS) return <Revealed text={text} lines={lines} />;
  // By characters: half of a surrogate pair would be shown as hidden.
  const beginning = [...text].slice(0, CLIP_CHARS).join('');
  return (
    <details>
      <summary className="cursor-pointer list-none">
        <Revealed text={`${beginning}…`} lines={lines} />
        <span className="ml-2 text-accent underline">all {text.length.toLocaleString('en')} characters</span>
      </summary>
      <div className="mt-2 border-t border-line pt-2">
        <Revealed text={text} lines={lines} />
      </div>
    </details>
  );
}
