// Text of others, as text nodes only. What tries to hide is a chip, a word of mixed writing systems is named, and a
// value is isolated (bdi) so that its direction cannot reorder ours.
import { Fragment } from 'react';
import { reveal } from '../../../core/display.ts';
import { hasMixedScripts } from '../../../core/scripts.ts';

interface Props {
  text: string;
  /** Whether line breaks are layout here; else they are shown as what they are. */
  lines?: boolean;
}

const escaped = (text: string) => text.replaceAll('\r\n', '␊').replaceAll('\n', '␊').replaceAll('\t', '␉');
/** After a chip that stands for line ends the text goes on in its own line. */
const endsLine = ({ source = '' }: { source?: string }) => source.includes('\n');

export function Revealed({ text, lines = false }: Props) {
  // The index is the identity: pieces never move within one text.
  const pieces = reveal(text).map((piece, at) => ({ piece, key: `${at}` }));
  return (
    <bdi className={lines ? 'whitespace-pre-wrap' : undefined}>
      {pieces.map(({ piece, key }) =>
        'text' in piece ? (
          <Fragment key={key}>{lines ? piece.text : escaped(piece.text)}</Fragment>
        ) : (
          <Fragment key={key}>
            <span className="reveal" title={piece.name}>
              {piece.hidden}
              <span className="sr-only"> hidden: {piece.name}</span>
            </span>
            {lines && endsLine(piece) ? '\n' : null}
          </Fragment>
        ),
      )}
    </bdi>
  );
}

/** A blank at either end of a line: `prod ` reads as `prod`. */
const EDGE = /^[ \t]|[ \t]$/;

function warningsOf(text: string): string[] {
  const chips = reveal(text).filter((piece) => 'hidden' in piece);
  const counted = (plain: boolean) =>
    chips
      .filter(({ source = '' }) => /^[ \t\r\n]+$/.test(source) === plain)
      .reduce((sum, { count = 1 }) => sum + count, 0);
  const [gap, hidden] = [counted(true), counted(false)];
  return [
    gap > 0 ? `${gap.toLocaleString('en')} blanks are shown as their number` : null,
    hidden > 0 ? `${hidden.toLocaleString('en')} hidden ${hidden === 1 ? 'character' : 'characters'} shown` : null,
    !text.includes('\n') && EDGE.test(text) ? 'begins or ends with a blank' : null,
    hasMixedScripts(text) ? 'mixes writing systems: letters may not be what they look like' : null,
  ].filter((warning) => warning !== null);
}

/** What a reader should know of a text before trusting its looks; nothing when there is nothing to say. */
export function TextWarnings({ text }: { text: string }) {
  const warnings = warningsOf(text);
  if (warnings.length === 0) return null;
  return <span className="ml-2 inline-block text-s font-normal text-bad">{warnings.join(' · ')}</span>;
}
