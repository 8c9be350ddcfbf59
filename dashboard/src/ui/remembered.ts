// What this device keeps of a person's choices. Storage can be switched off or full, and then touching it throws: the
// choice then lasts as long as the page, and nothing breaks.

const here = new Map<string, string>();

/** What was kept under this name; null where there is nothing. */
export function remembered(name: string): string | null {
  try {
    return here.get(name) ?? localStorage.getItem(name);
  } catch {
    return here.get(name) ?? null;
  }
}

/** Keeps a text, or with null nothing. Answers whether it stays after this page. */
export function remember(name: string, text: string | null): boolean {
  try {
    here.delete(name);
    if (text === null) localStorage.removeItem(name);
    else localStorage.setItem(name, text);
    return true;
  } catch {
    if (text !== null) here.set(name, text);
    return false;
  }
}
