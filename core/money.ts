// Money in integer minor units, by ISO 4217: the table, an amount as text, and what a person types as an amount. Pure and
// the same on every machine: CLDR's digits (`Intl`) say how prices are shown in shops, not what a minor unit is.
import type { Json } from './json.ts';

/**
 * Code → how many decimal digits its minor unit has: ISO 4217 list one of 2024-06-25, XCG and XAD of its later
 * amendments, and codes withdrawn since, which old requests name. Codes to which ISO gives no minor unit (gold, special
 * drawing rights, `XXX`, `XTS`) stand nowhere here: a number beside them is no amount.
 */
const BY_DIGITS: readonly (readonly [number, string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
  [
    2,
    `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW
     CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF
     IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV
     MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
     STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  ],
];

const DIGITS: ReadonlyMap<string, number> = new Map(
  BY_DIGITS.flatMap(([digits, codes]) => codes.split(/\s+/).map((code) => [code, digits] as const)),
);

/** Signs that name one currency only; every other is named by its code. */
const SIGNS: Readonly<Record<string, string>> = {
  AUD: 'A$',
  BRL: 'R$',
  CAD: 'CA$',
  CNY: 'CN¥',
  EUR: '€',
  GBP: '£',
  HKD: 'HK$',
  ILS: '₪',
  INR: '₹',
  JPY: '¥',
  KRW: '₩',
  MXN: 'MX$',
  NZD: 'NZ$',
  PHP: '₱',
  TWD: 'NT$',
  USD: '$',
  VND: '₫',
};

/** The decimal digits of a currency's minor unit; null for what is no currency, or has no minor unit. */
export const minorDigits = (currency: Json | undefined): number | null =>
  typeof currency === 'string' ? (DIGITS.get(currency) ?? null) : null;

/** Every code that has a minor unit. */
export const currencyCodes = (): string[] => [...DIGITS.keys()].sort();

/** Digits of a safe integer as decimal text: no division, which would round beyond 2^53. */
function decimal(minor: number, digits: number): { whole: string; fraction: string } {
  const units = String(Math.abs(minor)).padStart(digits + 1, '0');
  const at = units.length - digits;
  return { whole: units.slice(0, at), fraction: units.slice(at) };
}

const join = ({ whole, fraction }: { whole: string; fraction: string }): string =>
  fraction === '' ? whole : `${whole}.${fraction}`;

const grouped = (whole: string): string => whole.replace(/\B(?=(?:\d{3})+$)/g, ',');

/** What a number is in its currency, or null where it is no amount of one. */
const read = (minor: Json | undefined, currency: Json | undefined): { minor: number; digits: number } | null => {
  const digits = minorDigits(currency);
  return digits !== null && typeof minor === 'number' && Number.isSafeInteger(minor) ? { minor, digits } : null;
};

/** `(129200, 'EUR')` → `€1,292.00`; null where it is not an integer of minor units of a currency that has them. */
export function moneyText(minor: Json | undefined, currency: Json | undefined): string | null {
  const amount = read(minor, currency);
  if (amount === null) return null;
  const { whole, fraction } = decimal(amount.minor, amount.digits);
  const text = join({ whole: grouped(whole), fraction });
  return `${amount.minor < 0 ? '-' : ''}${SIGNS[currency as string] ?? `${currency} `}${text}`;
}

/** `(129200, 'EUR')` → `1292.00`: the same amount as an input holds it; `readMajor` reads it back. */
export function majorText(minor: Json | undefined, currency: Json | undefined): string | null {
  const amount = read(minor, currency);
  return amount === null ? null : `${amount.minor < 0 ? '-' : ''}${join(decimal(amount.minor, amount.digits))}`;
}

export type ReadMoney = { ok: true; minor: number } | { ok: false; detail: string };

const refuse = (detail: string): ReadMoney => ({ ok: false, detail });

/** How an amount with this many digits is written, for a refusal. */
const SHAPES: Readonly<Record<number, string>> = {
  0: 'Write it without decimals, such as 900.',
  2: 'Write it with a point and two decimals, such as 900.00.',
  3: 'Write it with a point and three decimals, such as 900.000.',
  4: 'Write it with a point and four decimals, such as 900.0000.',
};

/**
 * What a person typed as an amount → minor units. Only what can be meant in one way is taken: `900`, `900.5`, `900.00`,
 * and `1,292.00` exactly as pages write it. `900,00`, `1,000` and `1.000` euro mean one thing here and another there.
 */
export function readMajor(typed: string, currency: string): ReadMoney {
  const digits = minorDigits(currency);
  if (digits === null) return refuse(`${currency} has no minor unit that an amount could be written in.`);
  const text = typed.trim();
  if (text === '') return refuse(`There is no amount. ${SHAPES[digits]}`);
  const found = /^(-?)(0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d+))?$/.exec(text);
  if (!found) return refuse(`"${text}" is not an amount that can be read in one way only. ${SHAPES[digits]}`);
  const [, sign = '', whole = '', fraction = ''] = found;
  if (fraction.length > digits) return refuse(`${currency} has ${digits} decimals, not more. ${SHAPES[digits]}`);
  if (whole.includes(',') && fraction.length < digits)
    return refuse(`"${text}" could be two different amounts. ${SHAPES[digits]}`);
  const units = Number(`${whole.replaceAll(',', '')}${fraction.padEnd(digits, '0')}`);
  if (!Number.isSafeInteger(units)) return refuse('This is more than can be counted exactly.');
  return { ok: true, minor: sign === '' || units === 0 ? units : -units };
}
