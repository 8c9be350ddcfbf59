// Text to take along: shown whole, copied by a button that says so.
import { useState } from 'react';
import { ScrollBlock } from './scroll-block.tsx';

export function CopyBlock({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <div className="grid gap-2">
      <ScrollBlock label={label} className="rounded-lg bg-well p-3 whitespace-pre-wrap">
        {text}
      </ScrollBlock>
      <div>
        <button type="button" className="btn small" onClick={() => void copy()}>
          {copied ? 'Copied' : `Copy ${label}`}
        </button>
      </div>
    </div>
  );
}
