// The readable reference, printed from the OpenAPI document, and the page of problems, printed from their table. What is
// written by hand is in introduction.ts.
import { PROBLEMS } from '../../core/problems.ts';
import type { OpenApiDocument } from './document.ts';
import { type Html, html, page } from './html.ts';
import { introduction } from './introduction.ts';

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  description?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
}
interface Operation {
  summary?: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema; description?: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const nameOf = (ref: string): string => ref.split('/').at(-1)!;

/** A schema in a few words, its name leading to its shape. */
function wordsOf(schema: Schema): Html {
  if (schema.$ref !== undefined) return html`<a href="#schema-${nameOf(schema.$ref)}">${nameOf(schema.$ref)}</a>`;
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (values !== undefined) return html`${values.map((value) => JSON.stringify(value)).join(' | ')}`;
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return html`${branches.map((branch, at) => [at === 0 ? '' : ' or ', wordsOf(branch)])}`;
  if (schema.items !== undefined) return html`list of ${wordsOf(schema.items)}`;
  const page = schema.properties?.data?.items;
  if (page !== undefined) return html`page of ${wordsOf(page)}`;
  return html`${[[schema.type ?? 'any'].flat().join(' or '), schema.format].filter(Boolean).join(', ')}`;
}

/** Backticks of a description as code; everything else as text. */
const prose = (text: string): Html =>
  html`${text.split('`').map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))}`;

const fieldRow = (name: string, schema: Schema, required: boolean): Html =>
  html`<tr><td><code>${name}</code></td><td>${wordsOf(schema)}</td>
<td class="note">${required ? '' : 'optional'} ${prose(schema.description ?? '')}</td></tr>`;

function fieldsOf(schema: Schema): Html {
  const rows = Object.entries(schema.properties ?? {});
  if (rows.length === 0) return html`<p>${wordsOf(schema)}</p>`;
  return html`<table>${rows.map(([name, field]) => fieldRow(name, field, schema.required?.includes(name) ?? false))}</table>`;
}

const WAYS: Record<string, string> = {
  session: 'a session',
  api_key: 'an API key',
  internal: "the deployment's scripts",
};

function whoMay({ security = [] }: Operation): string {
  const ways = security.flatMap((way) => Object.keys(way)).map((way) => WAYS[way] ?? way);
  return ways.length === 0 ? 'Anybody.' : `With ${ways.join(' or ')}.`;
}

function operationOf(path: string, method: string, operation: Operation): Html {
  const body = operation.requestBody?.content['application/json']?.schema;
  const parameters = operation.parameters ?? [];
  return html`<section id="${method}-${path}"><h2><span class="method">${method}</span> <span class="path">${path}</span></h2>
<p>${prose(operation.summary ?? '')} <span class="note">${whoMay(operation)}</span></p>
${operation.description === undefined ? '' : html`<p>${prose(operation.description)}</p>`}
${parameters.length === 0 ? '' : html`<table>${parameters.map((one) => fieldRow(`${one.in} ${one.name}`, one.schema ?? {}, one.required ?? false))}</table>`}
${body === undefined ? '' : html`<h3>Body</h3>${fieldsOf(body)}`}
<h3>Answers</h3><table>${Object.entries(operation.responses).map(answerRow)}</table></section>`;
}

function answerRow([status, answer]: [string, Operation['responses'][string]]): Html {
  const schema = Object.values(answer.content ?? {})[0]?.schema;
  const words = schema === undefined ? '' : wordsOf(schema);
  return html`<tr><td><code>${status}</code></td><td>${prose(answer.description)}</td><td>${words}</td></tr>`;
}

/** `GET /docs`. */
export function referencePage(document: OpenApiDocument): string {
  const paths = Object.entries(document.paths ?? {}) as [string, Record<string, Operation>][];
  const all = paths.flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ path, method, operation: item[method]! })),
  );
  const schemas = Object.entries((document.components?.schemas ?? {}) as Record<string, Schema>);
  const shapes = schemas.map(
    ([name, schema]) => html`<section id="schema-${name}"><h2>${name}</h2>${fieldsOf(schema)}</section>`,
  );
  const contents = all.map(({ path, method, operation }) => contentsRow(path, method, operation));
  const operations = all.map(({ path, method, operation }) => operationOf(path, method, operation));
  return page(
    'Assentry API',
    html`<h1>Assentry API</h1><p>${prose(document.info.description ?? '')}</p>
${introduction(document.servers?.[0]?.url ?? '')}
<table class="contents">${contents}</table>${operations}<h1>Shapes</h1>${shapes}`,
  );
}

const contentsRow = (path: string, method: string, { summary = '' }: Operation): Html =>
  html`<tr><td><a href="#${method}-${path}"><span class="method">${method}</span></a></td>
<td><a class="path" href="#${method}-${path}">${path}</a></td><td>${prose(summary)}</td></tr>`;

/** `GET /docs/problems`: what every problem's \`type\` resolves to. */
export function problemsPage(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([code, [status, title]]) =>
      html`<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${title}</td></tr>`,
  );
  const intro = html`<p>Every error answers <code>application/problem+json</code> with one of these codes; its
<code>detail</code> says what happened and what to do, <code>errors[].pointer</code> where.</p>`;
  return page('Assentry problems', html`<h1>Problems</h1>${intro}<table class="problems">${rows}</table>`);
}
