// Text to take along: shown whole, copied by a button that says so.
import { useState } from 'react';
import { ScrollBlock } from './scroll-block.tsx';

export function CopyBlock({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState<boolean | null>(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // Not there outside a secure context, and refused where a person or a policy says so.
      setCopied(null);
    }
  };
  return (
    <div className="grid gap-2">
      <ScrollBlock label={label} className="rounded-lg bg-well p-3 whitespace-pre-wrap">
        {text}
      </ScrollBlock>
      <div className="flex flex-wrap items-center gap-3">
        <button type="button" className="btn small" onClick={() => void copy()}>
          {copied ? 'Copied' : `Copy ${label}`}
        </button>
        {copied === null ? (
          <span role="alert" className="text-s text-ink-2">
            The browser did not let this page copy. Select the text above and copy it.
          </span>
        ) : null}
      </div>
    </div>
  );
}
