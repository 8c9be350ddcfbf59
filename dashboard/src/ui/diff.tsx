// A diff line by line: sign first, then colour. Neither side is red: a removed line is not an error.
import { Revealed } from './revealed.tsx';
import { ScrollBlock } from './scroll-block.tsx';

const TONES: Record<string, string> = { '+': 'bg-good-soft text-good', '-': 'bg-warn-soft text-warn' };

export function Diff({ text, label }: { text: string | string[]; label: string }) {
  const lines = typeof text === 'string' ? text.split('\n') : text;
  return (
    <ScrollBlock label={label} className="max-h-[60vh] rounded-lg border border-line bg-card py-2">
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines keep their places
        <span key={at} className={`block px-3 whitespace-pre-wrap ${TONES[line.charAt(0)] ?? ''}`}>
          <Revealed text={line || ' '} />
        </span>
      ))}
    </ScrollBlock>
  );
}
