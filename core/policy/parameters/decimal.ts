// `multipleOf` on decimal text: 0.3 is a multiple of 0.1, which binary division denies.

/** A finite number as digits × 10^exponent, exactly as JSON writes it. */
function decimalOf(value: number): { digits: bigint; exponent: number } {
  const [, sign, whole, fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value))!;
  return { digits: BigInt(`${sign}${whole}${fraction}`), exponent: Number(power) - fraction.length };
}

/** Whether `value` is a whole multiple of `step` (> 0), as decimal numbers. At most 650 digits are compared. */
export function isMultiple(value: number, step: number): boolean {
  const [one, other] = [decimalOf(value), decimalOf(step)];
  const exponent = Math.min(one.exponent, other.exponent);
  const scaled = (number: typeof one) => number.digits * 10n ** BigInt(number.exponent - exponent);
  return scaled(one) % scaled(other) === 0n;
}
