// The functions of a condition: a chosen part of the library's, plus what policy.md adds (mixed arithmetic) and what
// the library does loosely (text to number, the host's time zone). What is not in FUNCTIONS is refused at upload.
import {
  type CelFunc,
  CelScalar,
  type CelValue,
  celEnv,
  celFunc,
  celMethod,
  isCelError,
  parse,
  plan,
} from '@bufbuild/cel';
import { Unusable } from './values.ts';

const { INT, DOUBLE, BOOL, STRING } = CelScalar;

/** Operators as CEL names them, and as people write them. */
export const OPERATORS: Record<string, string> = {
  '_&&_': '&&',
  '_||_': '||',
  '!_': '!',
  '_?_:_': '? :',
  '_==_': '==',
  '_!=_': '!=',
  '_<_': '<',
  '_<=_': '<=',
  '_>_': '>',
  '_>=_': '>=',
  '_+_': '+',
  '_-_': '-',
  '_*_': '*',
  '_/_': '/',
  '_%_': '%',
  '-_': '-',
  '@in': 'in',
  '_[_]': '[ ]',
};

const NAMED = ['size', 'contains', 'startsWith', 'endsWith', 'matches', 'int', 'double', 'string', 'bool'];
const OF_TIME = ['timestamp', 'duration', 'getHours', 'getMinutes', 'getDayOfWeek', 'getDayOfMonth', 'getDate'];
/** Everything that a condition may call. */
export const FUNCTIONS = new Set([...Object.keys(OPERATORS), ...NAMED, ...OF_TIME, 'getMonth', 'getFullYear']);

const MIXED: Record<string, (left: number, right: number) => number> = {
  '_+_': (left, right) => left + right,
  '_-_': (left, right) => left - right,
  '_*_': (left, right) => left * right,
  '_/_': (left, right) => left / right,
};

/** `param.amount * 1.1`: int and double together are double. */
const mixed = Object.entries(MIXED).flatMap(([name, compute]) => [
  celFunc(name, [INT, DOUBLE], DOUBLE, (left, right) => compute(Number(left), right)),
  celFunc(name, [DOUBLE, INT], DOUBLE, (left, right) => compute(left, Number(right))),
]);

function integerOf(text: string): bigint {
  if (!/^-?[0-9]{1,18}$/.test(text)) throw new Unusable(`int() of text that is no integer`);
  return BigInt(text);
}

function doubleOf(text: string): number {
  if (!/^-?[0-9]{1,300}(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,3})?$/.test(text)) {
    throw new Unusable('double() of text that is no number');
  }
  return Number(text);
}

// BigInt('') is 0 and BigInt('0x10') is 16: a policy that reads text as a number means digits.
const strictText = [celFunc('int', [STRING], INT, integerOf), celFunc('double', [STRING], DOUBLE, doubleOf)];

const PARTS: Record<string, (at: Date) => number> = {
  getHours: (at) => at.getUTCHours(),
  getMinutes: (at) => at.getUTCMinutes(),
  getDayOfWeek: (at) => at.getUTCDay(),
  getDayOfMonth: (at) => at.getUTCDate() - 1,
  getDate: (at) => at.getUTCDate(),
  getMonth: (at) => at.getUTCMonth(),
  getFullYear: (at) => at.getUTCFullYear(),
};

/** `+02:00` → minutes. Names of zones need the host's tables, and then two hosts could judge differently. */
function offsetMinutes(zone: string): number {
  const [, sign, hours, minutes] =
    /^([+-])([01][0-9]|2[0-3]):([0-5][0-9])$/.exec(zone === 'UTC' ? '+00:00' : zone) ?? [];
  if (sign === undefined) throw new Unusable('a time zone that is neither UTC nor an offset such as +02:00');
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

const library = celEnv();
const TIMESTAMP = [...library.funcs.find('timestamp')!].map((func) => func.result)[0]!;

interface TimestampValue {
  message: { seconds: bigint; nanos: number };
}

function partOf(value: unknown, part: (at: Date) => number, zone: string): bigint {
  const { seconds, nanos } = (value as TimestampValue).message;
  return BigInt(part(new Date(Number(seconds) * 1000 + nanos / 1e6 + offsetMinutes(zone) * 60_000)));
}

// The library's own go through the host's local time, which differs between a laptop and a Worker.
const timeParts: CelFunc[] = Object.entries(PARTS).flatMap(([name, part]) => [
  celMethod(name, TIMESTAMP, [], INT, function () {
    return partOf(this, part, 'UTC');
  }),
  celMethod(name, TIMESTAMP, [STRING], INT, function (zone) {
    return partOf(this, part, zone as string);
  }),
]);

const environment = celEnv({ funcs: [...mixed, ...strictText, ...timeParts] as CelFunc[] });

/** All overloads of a function, for checking calls at upload. */
export const overloadsOf = (name: string): CelFunc[] => [...(environment.funcs.find(name) ?? [])];

/** Calls a function; undefined: no overload for these kinds. Throws Unusable when it fails or a number is not finite. */
export function call(name: string, target: CelValue | undefined, args: CelValue[]): CelValue | undefined {
  const result = environment.funcs.find(name)?.call(0, target, args);
  if (isCelError(result)) throw new Unusable(result.message);
  if (typeof result === 'number' && !Number.isFinite(result)) throw new Unusable('a number that is not finite');
  return result;
}

let job: (() => void) | undefined;
const enter = plan(
  celEnv({
    funcs: [
      celFunc('enter', [], BOOL, () => {
        job?.();
        return true;
      }),
    ],
  }),
  parse('enter()'),
);

/** Runs work inside an evaluation of the library: its timestamps and durations only exist there. */
export function insideLibrary<T>(work: () => T): T {
  const outer = job;
  const done: { value?: T; error?: unknown } = {};
  job = () => {
    try {
      done.value = work();
    } catch (error) {
      done.error = error ?? new Error('failed');
    }
  };
  enter();
  job = outer;
  if (done.error !== undefined) throw done.error;
  return done.value as T;
}
