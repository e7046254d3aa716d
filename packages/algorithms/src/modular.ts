/** Splits a double of at most 53 bits into two halves of 26: 2²⁷ + 1, after Veltkamp. */
const SPLITTER = 134_217_729;

/**
 * Gives a number congruent to `a × b` modulo `n`, between −n/2 and n/2, in doubles only: far faster than by bigint.
 *
 * `a` and `b` lie between −n/2 and n/2 as well, and `n` is below 2⁵³. Then the quotient is below 2⁵¹, so that rounding
 * moves it by less than 0.75 from a × b / n; the rest stays below 0.75 n, hence below 2⁵³, and every difference below
 * is exact. The products are held as the sum of two doubles, which is exact too (T. J. Dekker, "A Floating-Point
 * Technique for Extending the Available Precision", Numerische Mathematik 18, 1971).
 */
export function multiplyModulo(a: number, b: number, n: number): number {
  const high = a * b;
  const low = productError(a, b, high);
  const quotient = Math.round(high / n);
  const taken = quotient * n;
  const rest = high - taken + (low - productError(quotient, n, taken));
  const half = n / 2;
  if (rest > half) return rest - n;
  return rest < -half ? rest + n : rest;
}

/** Gives what the rounded product lacks: `a × b − product`, exactly. */
function productError(a: number, b: number, product: number): number {
  const splitA = SPLITTER * a;
  const highA = splitA - (splitA - a);
  const lowA = a - highA;
  const splitB = SPLITTER * b;
  const highB = splitB - (splitB - b);
  const lowB = b - highB;
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}

/** Gives the power of a bigint modulo `n`, by squaring. */
export function powerModulo(base: bigint, exponent: bigint, n: bigint): bigint {
  let result = 1n;
  let square = base % n;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % n;
    square = (square * square) % n;
  }
  return result;
}
