import { multiplyModulo, powerModulo } from "./modular.js";

/**
 * The first primes, and below which number those up to here leave no strong pseudoprime: the sequence ψ (OEIS A014233).
 * ψ₁ to ψ₄: C. Pomerance, J. Selfridge and S. Wagstaff, "The pseudoprimes to 25·10⁹", Mathematics of Computation 35 (1980);
 * ψ₅ to ψ₈: G. Jaeschke, "On strong pseudoprimes to several bases", ibid. 61 (1993);
 * ψ₉ to ψ₁₁: Y. Jiang and Y. Deng, "Strong pseudoprimes to the first eight prime bases", ibid. 83 (2014);
 * ψ₁₂: J. Sorenson and J. Webster, "Strong pseudoprimes to twelve prime bases", ibid. 86 (2017): 3.18 × 10²³ > 2⁶⁴.
 */
const BASES: readonly (readonly [base: number, provenBelow: number])[] = [
  [2, 2047],
  [3, 1_373_653],
  [5, 25_326_001],
  [7, 3_215_031_751],
  [11, 2_152_302_898_747],
  [13, 3_474_749_660_383],
  [17, 341_550_071_728_321],
  [19, 341_550_071_728_321],
  [23, Number.MAX_SAFE_INTEGER],
  [29, Number.MAX_SAFE_INTEGER],
  [31, Number.MAX_SAFE_INTEGER],
  [37, Number.MAX_SAFE_INTEGER],
];

/** Decides whether an odd safe integer above 37 is prime: no error is possible. */
export function isPrimeByBases(n: number): boolean {
  for (const [base, provenBelow] of BASES) {
    if (!isStrongProbablePrime(n, base)) return false;
    if (n < provenBelow) return true;
  }
  return true;
}

/** Decides whether an odd bigint between 37 and 2⁶⁴ is prime: no error is possible. */
export function isPrimeByAllBases(n: bigint): boolean {
  return BASES.every(([base]) => isStrongProbablePrimeBig(n, BigInt(base)));
}

/** The test of Miller and Rabin for one base, on an odd safe integer more than twice as large as the base. */
function isStrongProbablePrime(n: number, base: number): boolean {
  let odd = n - 1;
  let twos = 0;
  while (odd % 2 === 0) {
    odd /= 2;
    twos += 1;
  }
  let power = 1;
  let square = base;
  for (let rest = odd; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = multiplyModulo(power, square, n);
    square = multiplyModulo(square, square, n);
  }
  // Residues lie around zero here, so the one for n − 1 is −1.
  if (power === 1) return true;
  for (let k = 0; k < twos; k += 1) {
    if (power === -1) return true;
    power = multiplyModulo(power, power, n);
  }
  return false;
}

/** The same for an odd bigint. */
export function isStrongProbablePrimeBig(n: bigint, base: bigint): boolean {
  let odd = n - 1n;
  let twos = 0;
  while ((odd & 1n) === 0n) {
    odd >>= 1n;
    twos += 1;
  }
  let power = powerModulo(base, odd, n);
  if (power === 1n) return true;
  for (let k = 0; k < twos; k += 1) {
    if (power === n - 1n) return true;
    power = (power * power) % n;
  }
  return false;
}
