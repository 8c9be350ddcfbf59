// Money from integer minor units (contract.md "Conventions"). Only where a currency stands beside the number: a bare
// number is never dressed up as money.
import type { Json, JsonObject } from '../../../core/json.ts';

const AMOUNT_KEY = /(^|_)(amount|total|price|fee|balance|refund|value)$/;
const CURRENCY = /^[A-Z]{3}$/;

/** `(240000, 'EUR')` → `€2,400.00`; null when it is not integer minor units of a known currency. */
export function money(minor: Json | undefined, currency: Json | undefined): string | null {
  if (!Number.isSafeInteger(minor) || typeof currency !== 'string' || !CURRENCY.test(currency)) return null;
  const digits = fractionDigits(currency);
  if (digits === null) return null;
  const sign = (minor as number) < 0 ? '-' : '';
  const units = String(Math.abs(minor as number)).padStart(digits + 1, '0');
  const decimal = digits === 0 ? units : `${units.slice(0, -digits)}.${units.slice(-digits)}`;
  // Formatted as decimal text: a division would round amounts beyond 2^53.
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, minimumFractionDigits: digits });
  // The formatter's own no-break space would be shown as a hidden character.
  return format.format(`${sign}${decimal}` as unknown as number).replaceAll('\u00a0', ' ');
}

function fractionDigits(currency: string): number | null {
  if (typeof Intl.supportedValuesOf === 'function' && !Intl.supportedValuesOf('currency').includes(currency))
    return null;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? null;
}

/** The parameter that is money, if its object names a currency: key and readable amount. */
export function moneyIn(params: JsonObject): { key: string; text: string } | null {
  for (const [key, value] of Object.entries(params)) {
    const text = AMOUNT_KEY.test(key) ? money(value, params.currency) : null;
    if (text !== null) return { key, text };
  }
  return null;
}
