// Whether what a schema says can hold together: a keyword needs a value of its kind, bounds need room, what may be
// removed cannot be required. Publication only; the shapes were read before (form.ts).
import { type At, inside } from '../reader.ts';
import { narrowingsOf, type ParameterSchema, type SchemaType, typesOf } from './model.ts';

const NUMBERS: readonly SchemaType[] = ['number', 'integer'];
type Keyword = keyof ParameterSchema;

/** Keywords that speak of one kind of value only; of any other JSON Schema lets everything through. */
const ABOUT: readonly (readonly [readonly SchemaType[], readonly Keyword[]])[] = [
  [['object'], ['properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties']],
  [['array'], ['items', 'minItems', 'maxItems', 'uniqueItems']],
  [NUMBERS, ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
  [['string'], ['minLength', 'maxLength', 'pattern']],
];

/** What each way of narrowing needs the value to be. */
const NARROWED: Record<string, readonly SchemaType[]> = {
  lower: NUMBERS,
  higher: NUMBERS,
  subset: ['array'],
  off: ['boolean'],
};

const only = (schema: ParameterSchema, kinds: readonly SchemaType[]): boolean =>
  typesOf(schema).every((type) => kinds.includes(type) || type === 'null');

/** Reports each keyword that could never do what it says. */
export function checkSense(schema: ParameterSchema, at: At): void {
  for (const [kinds, keywords] of ABOUT)
    for (const keyword of keywords)
      if (schema[keyword] !== undefined && !only(schema, kinds))
        at.report(
          [...at.path, keyword],
          `\`${keyword}\` holds for type ${kinds.join(' or ')} only: write that type beside it.`,
        );
  checkFormat(schema, at);
  checkNarrowing(schema, at);
  checkRoom(schema, at);
  checkInside(schema, at);
}

function checkFormat(schema: ParameterSchema, at: At): void {
  const { format, currency } = schema;
  const kinds: readonly SchemaType[] = format === 'minor-units' ? ['integer'] : ['string'];
  if (format !== undefined && !only(schema, kinds))
    at.report([...at.path, 'format'], `The format ${format} is one of type ${kinds[0]}: write that type beside it.`);
  if (currency !== undefined && format !== 'minor-units')
    at.report([...at.path, 'currency'], 'A currency stands beside `format: minor-units`.');
}

function checkNarrowing(schema: ParameterSchema, at: At): void {
  for (const word of narrowingsOf(schema)) {
    const kinds = NARROWED[word];
    if (kinds && !only(schema, kinds))
      at.report([...at.path, 'narrow'], `\`${word}\` is for type ${kinds.join(' or ')}: write that type beside it.`);
  }
}

const PAIRS: readonly (readonly [Keyword, Keyword])[] = [
  ['minimum', 'maximum'],
  ['minItems', 'maxItems'],
  ['minLength', 'maxLength'],
  ['minProperties', 'maxProperties'],
];

function checkRoom(schema: ParameterSchema, at: At): void {
  for (const [least, most] of PAIRS)
    if ((schema[least] as number) > (schema[most] as number))
      at.report([...at.path, most], `\`${most}\` is below \`${least}\`: nothing fits.`);
}

function checkInside(schema: ParameterSchema, at: At): void {
  const { properties = {}, required = [], additionalProperties, items } = schema;
  for (const [name, property] of Object.entries(properties)) {
    const place = inside(inside(at, 'properties'), name);
    checkSense(property, place);
    if (required.includes(name) && narrowingsOf(property).includes('remove'))
      at.report([...place.path, 'narrow'], `"${name}" is required, so nobody can remove it.`);
  }
  for (const name of required)
    if (additionalProperties === false && !Object.hasOwn(properties, name))
      at.report([...at.path, 'required'], `"${name}" is required and not among the properties: nothing fits.`);
  if (typeof additionalProperties === 'object') checkSense(additionalProperties, inside(at, 'additionalProperties'));
  if (items) checkSense(items, inside(at, 'items'));
}
