// Whether a schema that hides values (`writeOnly: true`) keeps them hidden: nothing beside one tells it, nothing that is
// shown is made of it, and no edit is offered that would need it to be seen. Publication only.
import { type At, inside } from '../reader.ts';
import { hides } from './hidden.ts';
import { narrowingsOf, type ParameterSchema } from './model.ts';

/** What a hidden parameter cannot have, and why. */
const NEVER: readonly (readonly [keyof ParameterSchema, string])[] = [
  ['const', '`const` says what the hidden value is: everybody reads the schema.'],
  ['enum', '`enum` says what the hidden value may be: everybody reads the schema.'],
  ['narrow', 'A reviewer cannot edit a value that is not shown: leave `narrow` out beside `writeOnly`.'],
  ['format', 'A hidden value is shown in no format: leave `format` out, or say it with `pattern`.'],
];

/** Formats that are only held, not used to show a value. */
const HELD = ['date', 'date-time', 'email', 'uri', 'uuid'];

/** Reports what would tell a hidden value. */
export function checkHidden(schema: ParameterSchema, at: At): void {
  if (schema.writeOnly)
    at.report([...at.path, 'writeOnly'], 'Hide single parameters: of all of them, nothing is left.');
  else checkInside(schema, at);
}

function checkInside(schema: ParameterSchema, at: At): void {
  if (schema.writeOnly) {
    checkOne(schema, at);
    return;
  }
  const { properties = {}, additionalProperties, items } = schema;
  if (hides(items) && narrowingsOf(schema).includes('subset'))
    at.report([...at.path, 'narrow'], 'Its entries hold hidden values, so that a reviewer cannot choose among them.');
  if (schema.uniqueItems && hides(items))
    at.report([...at.path, 'uniqueItems'], 'A refusal would tell that two hidden values are the same.');
  for (const [name, property] of Object.entries(properties)) {
    const place = inside(inside(at, 'properties'), name);
    const named = property.currency === undefined ? undefined : properties[property.currency];
    if (named?.writeOnly)
      at.report([...place.path, 'currency'], `"${property.currency}" is hidden: no amount can show it.`);
    checkInside(property, place);
  }
  if (typeof additionalProperties === 'object') checkInside(additionalProperties, inside(at, 'additionalProperties'));
  if (items) checkInside(items, inside(at, 'items'));
}

function checkOne(schema: ParameterSchema, at: At): void {
  for (const [keyword, why] of NEVER) {
    const isHeld = keyword === 'format' && HELD.includes(schema.format ?? '');
    if (schema[keyword] !== undefined && !isHeld) at.report([...at.path, keyword], why);
  }
}
