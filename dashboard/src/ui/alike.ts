// Which names of a value read alike, compared by Unicode's table of confusables. The table is large, so it is loaded after
// the page stands; until it is there, nothing is approved.
import { useEffect, useState } from 'react';
import type { Json } from '../../../core/json.ts';
import { useHeld } from './opening.tsx';

export type Alikes = ReadonlyMap<string, string[]>;

const NONE: Alikes = new Map();

interface Compared {
  /** As JSON: the same content read again needs no second comparison. */
  text: string;
  alikes: Alikes;
}

/** Exact path → the exact paths that it could be taken for. Empty until it is known, and Approve waits for it. */
export function useAlikes(root: string, value: Json): Alikes {
  const [compared, setCompared] = useState<Compared | null>(null);
  const text = JSON.stringify(value);
  const done = compared !== null && compared.text === text;
  useHeld(`the comparison of the names in ${root} (it is loading)`, !done);
  useEffect(() => {
    let wanted = true;
    void import('../../../core/display/alike.ts').then(({ alikeIn }) => {
      if (wanted) setCompared({ text, alikes: alikeIn(root, JSON.parse(text) as Json) });
    });
    return () => {
      wanted = false;
    };
  }, [root, text]);
  return done ? compared.alikes : NONE;
}
