// Source text with line numbers, and the lines that an error names.
import type { Place } from '../../api/client.ts';
import { Revealed } from '../../ui/revealed.tsx';
import { ScrollBlock } from '../../ui/scroll-block.tsx';

interface Props {
  source: string;
  label: string;
  places?: Place[];
}

export function SourceView({ source, label, places = [] }: Props) {
  const wrong = new Map(places.map((place) => [place.line, place]));
  return (
    <ScrollBlock label={label} className="card max-h-[70vh] py-3">
      {source.split('\n').map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines keep their places
        <span key={at} className={`grid grid-cols-[48px_minmax(0,1fr)] ${wrong.has(at + 1) ? 'bg-warn-soft' : ''}`}>
          <span aria-hidden="true" className="num pr-3 text-right text-ink-3 select-none">
            {at + 1}
          </span>
          <span className="pr-4 whitespace-pre-wrap">
            <Revealed text={line} />
          </span>
        </span>
      ))}
    </ScrollBlock>
  );
}
