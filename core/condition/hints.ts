// Hints for conditions that are written as another language would have them: what was probably meant, and how to write it
// here. Words only: a condition that a hint recognizes stays refused.

type Hint = readonly [seen: RegExp, says: string];

/** At the place where the parser stopped; the first that fits counts. */
const AT_FAULT: readonly Hint[] = [
  [/^===/, 'Equality is `==`.'],
  [/^!==/, 'Inequality is `!=`.'],
  [/^=~/, 'A pattern is matched by a function: `param.name.matches("^a")`.'],
  [/^=(?!=)/, 'A comparison has two equal signs: `param.amount == 5`.'],
  [/^<>/, 'Inequality is `!=`.'],
  [/^and\b/i, 'Write `&&` for "and".'],
  [/^or\b/i, 'Write `||` for "or".'],
  [/^is\s+not\s+(null|none)\b/i, 'Write `!= null`, or ask with `has(param.x)` whether it is there.'],
  [/^is\s+(null|none)\b/i, 'Write `== null`, or ask with `!has(param.x)` whether it is missing.'],
  [/^is\b/i, 'Equality is `==`.'],
  [/^not\s+in\b/i, 'Write `!(param.x in ["a", "b"])`.'],
  [/^like\b/i, 'Write `param.name.startsWith("a")`, `.endsWith("a")`, `.contains("a")` or `.matches("a.*")`.'],
  [/^between\b/i, 'Write `param.amount >= 1 && param.amount <= 5`.'],
  [/^(contains|matches|startsWith|endsWith)\b/i, 'This is a function of the text: `param.name.contains("a")`.'],
  [/^&(?!&)/, 'Write `&&` for "and".'],
  [/^\|(?!\|)/, 'Write `||` for "or".'],
  [/^;/, 'A condition is one expression and ends without a semicolon.'],
  [/^\?\?/, 'There is no `??`: write `has(param.x) ? param.x : 0`.'],
  [/^\?\./, 'There is no `?.`: write `has(param.x) && param.x.y`.'],
  [/^(=>|->)/, 'Items of a list are named first: `param.to.all(one, one.endsWith("@acme.com"))`.'],
];

/** Anywhere in the text, where nothing fits at the place itself. */
const ANYWHERE: readonly Hint[] = [
  [/[“”„‘’]/, 'These quotes are of a text program: write `"` or `\'`.'],
  [/\bnot\s+\S/i, 'Write `!` for "not": `!has(param.x)`.'],
  [/\d_\d/, 'Digits stand without `_`: `1000`.'],
  [/\d,\d{3}\b/, 'Digits stand without commas: `1000`.'],
  [/[$€£¥]\s*\d/, 'An amount is a number without a sign, in the unit that the parameter has: `param.amount > 100`.'],
  [/\d\s*%(?!\s*[\w(])/, 'There are no percent signs: 10% of 200 is `200 * 0.1`.'],
  [/\$\{|\{\{/, 'Names stand as they are, without braces: `param.amount`.'],
  [/[≥≤≠]/, 'Write `>=`, `<=` and `!=`.'],
];

/** Why a text is no expression, as a sentence with a blank in front; nothing where no habit is recognized. */
export function syntaxHint(text: string, offset: number): string {
  const rest = text.slice(offset).trimStart();
  const found = AT_FAULT.find(([seen]) => seen.test(rest)) ?? ANYWHERE.find(([seen]) => seen.test(text));
  return found ? ` ${found[1]}` : '';
}

const PARAM = 'What the agent wants to do is under `param`';
const NAMES: { [name: string]: string } = {
  ...Object.fromEntries(['True', 'TRUE', 'yes', 'Yes'].map((name) => [name, 'Write `true`.'])),
  ...Object.fromEntries(['False', 'FALSE', 'no', 'No'].map((name) => [name, 'Write `false`.'])),
  ...Object.fromEntries(
    ['None', 'NULL', 'Null', 'nil', 'undefined'].map((name) => [
      name,
      'Write `null`, or ask with `!has(param.x)` whether it is missing.',
    ]),
  ),
  ...Object.fromEntries(
    ['input', 'inputs', 'args', 'arguments', 'payload', 'request', 'body', 'data', 'params', 'parameters'].map(
      (name) => [name, `${PARAM}: \`param.amount\`.`],
    ),
  ),
  ...Object.fromEntries(['tool', 'method', 'operation', 'verb'].map((name) => [name, 'The tool is `action`.'])),
  ...Object.fromEntries(
    ['user', 'agent', 'subject', 'principal', 'caller'].map((name) => [name, 'Who acts is `actor`.']),
  ),
  ...Object.fromEntries(
    ['env', 'environment', 'labels', 'tags'].map((name) => [
      name,
      `Facts beside the call are under \`metadata\`: \`metadata.environment\`.`,
    ]),
  ),
  ...Object.fromEntries(['target', 'object'].map((name) => [name, 'What is acted on is `resource`.'])),
  time: 'The moment is `now`.',
  date: 'The moment is `now`.',
};

/** What a name stands for that a condition does not know. */
export const nameHint = (name: string): string =>
  Object.hasOwn(NAMES, name)
    ? ` ${NAMES[name]}`
    : ` ${PARAM} (\`param.${name}\`); a text stands in quotes (\`"${name}"\`).`;

const FUNCTIONS: { [name: string]: string } = {
  ...Object.fromEntries(
    ['len', 'length', 'count'].map((name) => [name, 'How long a text or list is: `size(param.x)`.']),
  ),
  ...Object.fromEntries(
    ['includes', 'include', 'indexOf'].map((name) => [
      name,
      'Of a text: `param.x.contains("a")`; of a list: `"a" in param.x`.',
    ]),
  ),
  ...Object.fromEntries(
    ['lower', 'upper', 'toLowerCase', 'toUpperCase', 'lowerAscii', 'upperAscii', 'trim', 'split', 'replace'].map(
      (name) => [name, 'Texts are compared as they are: hold their form with `pattern` or `enum` under `parameters`.'],
    ),
  ),
  ...Object.fromEntries(['any', 'some'].map((name) => [name, 'Write `param.to.exists(one, one == "a")`.'])),
  ...Object.fromEntries(['every', 'forEach'].map((name) => [name, 'Write `param.to.all(one, one == "a")`.'])),
  ...Object.fromEntries(
    ['regex', 'match', 'test', 'search'].map((name) => [name, 'Write `param.name.matches("^a")`.']),
  ),
  ...Object.fromEntries(['exists_key', 'defined', 'isset', 'present'].map((name) => [name, 'Write `has(param.x)`.'])),
  ...Object.fromEntries(
    ['min', 'max', 'sum', 'abs', 'round'].map((name) => [name, 'There is no such function: compare each value.']),
  ),
  type: 'The kind of a value is held under `parameters`: `{ type: integer }`.',
  starts_with: 'Write `param.x.startsWith("a")`.',
  ends_with: 'Write `param.x.endsWith("a")`.',
};

/** How to say here what a function of another language does; empty where no hint is known. */
export const functionHint = (name: string): string => (Object.hasOwn(FUNCTIONS, name) ? ` ${FUNCTIONS[name]}` : '');
