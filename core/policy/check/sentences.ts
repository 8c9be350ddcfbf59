// Templates of a policy: an entry's `sentence`, and messages of rules. What cannot be read, or names what no params have, is
// refused; what names neither who nor how much is a warning, because a person would approve without having read it.

import { roleOf } from '../../sentence/roles.ts';
import { isTemplate, readTemplate } from '../../sentence/template.ts';
import { readsHidden } from '../parameters/hidden.ts';
import { type ParameterSchema, schemaOfProperty, typesOf } from '../parameters/model.ts';
import type { At } from '../reader.ts';
import type { Document } from '../schema.ts';
import type { Path } from '../source.ts';
import { suggestion } from '../suggestion.ts';
import type { Warning } from '../warnings.ts';
import { schemasFor, workFor } from './hidden.ts';

interface Told {
  template: string;
  path: Path;
  /** The schemas that its params may have. */
  schemas: readonly ParameterSchema[];
}

const entriesOf = ({ parameters }: Document): Told[] =>
  parameters.flatMap(({ sentence, schema }, index) =>
    sentence === undefined ? [] : [{ template: sentence, path: ['parameters', index, 'sentence'], schemas: [schema] }],
  );

/** The message of a deny is told to the agent as it is written; it is no template. */
const isAsked = ({ verdict }: Document['rules'][number]): boolean => verdict !== 'deny';

function messagesOf({ rules, approval, parameters }: Document): Told[] {
  const work = workFor();
  const schemas = (actions: readonly string[] | null) =>
    (actions ?? ['**']).flatMap((action) => schemasFor(parameters, action, work));
  const ruled = rules.flatMap((rule, index) =>
    isAsked(rule) && rule.message !== null && isTemplate(rule.message)
      ? [{ template: rule.message, path: ['rules', index, 'message'], schemas: schemas(rule.match.action) }]
      : [],
  );
  if (!approval || approval.message === null || !isTemplate(approval.message)) return ruled;
  const tools = schemas(approval.tools.map(({ action }) => action));
  return [...ruled, { template: approval.message, path: ['approval', 'message'], schemas: tools }];
}

/** Whether messages of this document are templates: then every request that it judges says so. */
export const hasTemplates = (document: Document): boolean => messagesOf(document).length > 0;

/** Whether a schema rules a place out. */
function forbids(schema: ParameterSchema | boolean, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined || schema === true) return false;
  if (schema === false) return true;
  if (!typesOf(schema).includes('object')) return true;
  const inner = schemaOfProperty(schema, name);
  return inner === false || forbids(inner, rest);
}

function faultOf(path: readonly string[], schemas: readonly ParameterSchema[]): string | null {
  const name = path.join('.');
  if (schemas.some((schema) => readsHidden(schema, path)))
    return `{${name}} is hidden (writeOnly): nothing that is shown names it.`;
  if (schemas.length === 0 || !schemas.every((schema) => forbids(schema, path))) return null;
  const known = schemas.flatMap(({ properties = {} }) => Object.keys(properties));
  return `{${name}} is no parameter of this action.${suggestion(name, known)}`;
}

/** Reports what no template can say. */
export function checkSentences(document: Document, at: At): void {
  for (const { template, path, schemas } of [...entriesOf(document), ...messagesOf(document)]) {
    const { parts, faults } = readTemplate(template);
    for (const fault of faults) at.report(path, fault.detail, fault.at);
    for (const part of parts) {
      const fault = 'path' in part ? faultOf(part.path, schemas) : null;
      if (fault !== null) at.report(path, fault, 'at' in part ? part.at : 0);
    }
  }
}

const isPerson = (name: string, schema: ParameterSchema): boolean =>
  schema.format === 'email' || schema.items?.format === 'email' || ['to', 'cc', 'bcc'].includes(roleOf(name) ?? '');

const isAmount = (name: string, schema: ParameterSchema): boolean =>
  schema.format === 'minor-units' ||
  (roleOf(name) === 'amount' && typesOf(schema).every((type) => ['integer', 'number'].includes(type)));

const KINDS = [
  ['recipient', isPerson],
  ['amount', isAmount],
] as const;

/** Sentences that name no recipient, or no amount, though the schema has one. */
export function aboutSentences(document: Document): Warning[] {
  return entriesOf(document).flatMap(({ template, path, schemas: [schema] }) => {
    const named = readTemplate(template).parts.flatMap((part) => ('path' in part ? [part.path[0]!] : []));
    const properties = Object.entries(schema?.properties ?? {}).filter(([, { writeOnly }]) => !writeOnly);
    return KINDS.flatMap(([kind, fits]) => {
      const there = properties.filter(([name, one]) => fits(name, one)).map(([name]) => name);
      if (there.length === 0 || there.some((name) => named.includes(name))) return [];
      const which = there.map((name) => `{${name}}`).join(' or ');
      return [{ path, detail: `This sentence names no ${kind}, and the params have one: say ${which}.` }];
    });
  });
}
