// Text as HTML, safe by default: `html` escapes everything that is put into it but other pieces of `html`.

/** A piece of HTML that is already escaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeText = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char]!);

type Piece = string | number | Html | readonly Piece[];

function written(piece: Piece): string {
  if (piece instanceof Html) return piece.text;
  return Array.isArray(piece) ? piece.map(written).join('') : escapeText(String(piece));
}

/** Template tag → escaped HTML. */
export const html = (parts: TemplateStringsArray, ...pieces: Piece[]): Html =>
  new Html(parts.map((part, at) => part + (at < pieces.length ? written(pieces[at]!) : '')).join(''));

/** A whole page around its content. */
export const page = (title: string, content: Html): string =>
  html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><link rel="stylesheet" href="/docs/style.css"></head><body>
<nav><a href="/docs">Reference</a> <a href="/docs/problems">Problems</a> <a href="/v1/openapi.json">OpenAPI 3.1</a></nav>
<main>${content}</main></body></html>
`.text;

export const STYLE = `:root{color-scheme:light dark}
body{font:16px/1.55 system-ui,sans-serif;margin:0 auto;max-width:52rem;padding:1.5rem}
nav{display:flex;gap:1.5rem;margin-bottom:2rem}
section{border-top:1px solid color-mix(in srgb,currentColor 18%,transparent);padding:1rem 0}
h2{font-size:1.05rem;margin:.4rem 0}h3{font-size:.95rem;margin:.8rem 0 .2rem}
code,.path{font-family:ui-monospace,monospace;font-size:.92em;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;table-layout:fixed}td{overflow-wrap:anywhere}td:first-child{width:24%}th,td{text-align:left;vertical-align:top;padding:.25rem .8rem .25rem 0}
.contents td:first-child{width:5.5rem}.problems td:nth-child(2){width:3.5rem}
pre{overflow-x:auto;padding:1rem;background:color-mix(in srgb,currentColor 7%,transparent);font:.85em/1.5 ui-monospace,monospace}
.method{font-weight:700;text-transform:uppercase}.note{opacity:.75}
:target{background:color-mix(in srgb,Highlight 18%,transparent)}
`;
