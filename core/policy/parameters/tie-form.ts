// Reading an entry of `parameters` at publication, and its tie: a template that could be read in two ways, or names what no
// params have, is refused. What its sentence says is core/policy/check/sentences.ts's.
import { SEPARATORS } from '../../glob.ts';
import { MAX_NAME_CHARS } from '../../limits.ts';
import { message, names, orNull } from '../parts.ts';
import { type At, inside, type Read, record, text } from '../reader.ts';
import { suggestion } from '../suggestion.ts';
import { parameterSchema } from './form.ts';
import { readsHidden } from './hidden.ts';
import { narrowingsOf, type ParameterRule, type ParameterSchema, type SchemaType, typesOf } from './model.ts';
import { piecesOf } from './tie.ts';

const SAYS = ' Write the kind, a colon, and parameters in braces: "channel:{channel}", "repo:{owner}/{name}".';
const template = text(MAX_NAME_CHARS, /^[a-z][a-z0-9_.+-]*:[^*]+$/, SAYS);
const written = record({
  action: [names],
  schema: [orNull(parameterSchema), null],
  resource: [orNull(template), null],
  sentence: [orNull(message), null],
});

/** An entry of `parameters`. What is not written leaves no trace, so that older documents keep their digest. */
export const parameterRule: Read<ParameterRule> = (value, at) => {
  const { action, schema: given, resource, sentence } = written(value, at);
  if (given === null && sentence === null) at.report(at.path, '"schema" is missing.');
  const schema = given ?? {};
  if (resource !== null) checkTie(resource, schema, inside(at, 'resource'));
  return { action, schema, ...(resource === null ? {} : { resource }), ...(sentence === null ? {} : { sentence }) };
};

function checkTie(resource: string, schema: ParameterSchema, at: At): void {
  const pieces = piecesOf(resource);
  for (const [index, piece] of pieces.entries()) {
    if ('text' in piece) {
      if (/[{}]/.test(piece.text)) at.report(at.path, `A brace stands alone.${SAYS}`);
      continue;
    }
    const [before, after] = [pieces[index - 1], pieces[index + 1]];
    if (!endsSegment(before, -1) || !(after === undefined || endsSegment(after, 0)))
      at.report(at.path, `{${piece.param}} is a whole segment: only \`.\`, \`:\` or \`/\` stands beside it.`);
    checkParameter(piece.param, schema, at);
  }
}

const endsSegment = (piece: ReturnType<typeof piecesOf>[number] | undefined, at: number): boolean =>
  piece !== undefined && 'text' in piece && SEPARATORS.has(piece.text.at(at)!);

const USABLE: readonly SchemaType[] = ['string', 'integer', 'number'];

/** The parameter is one that the schema has, of a kind that a segment can be, and that no reviewer may change. */
function checkParameter(name: string, schema: ParameterSchema, at: At): void {
  const { properties = {}, additionalProperties } = schema;
  if (readsHidden(schema, [name]))
    at.report(at.path, `"${name}" is hidden (writeOnly), and everybody reads the resource.`);
  const known = Object.keys(properties);
  if (!Object.hasOwn(properties, name)) {
    if (known.length > 0 || additionalProperties === false || name === '')
      at.report(at.path, `The schema has no property "${name}".${suggestion(name, known)}`);
    return;
  }
  const property = properties[name]!;
  if (property.type !== undefined && !typesOf(property).every((type) => USABLE.includes(type)))
    at.report(at.path, `"${name}" makes the resource, so its type is string or integer.`);
  if (narrowingsOf(property).length > 0)
    at.report(at.path, `"${name}" makes the resource, so no reviewer may change it: leave out its \`narrow\`.`);
}
