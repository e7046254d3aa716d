/**
 * The strong Lucas test with Selfridge's parameters (method A), on an odd bigint above 37 that has no prime factor up to 37.
 *
 * R. Baillie and S. S. Wagstaff, "Lucas Pseudoprimes", Mathematics of Computation 35 (1980).
 */
export function isStrongLucasProbablePrime(n: bigint): boolean {
  // For a square no D has the symbol −1, and the search would not end.
  if (isSquare(n)) return false;
  let d = 5n;
  for (;;) {
    const symbol = jacobiSymbol(d, n);
    if (symbol === -1) break;
    // d shares a factor with n, and n is no prime, for d is far smaller.
    if (symbol === 0 && (d < 0n ? -d : d) < n) return false;
    d = d > 0n ? -(d + 2n) : -d + 2n;
  }
  return passesStrongLucas(n, d);
}

/** With P = 1 and Q = (1 − D) / 4: whether U of d, or V of some d × 2^r, is 0, where n + 1 = d × 2^s. */
function passesStrongLucas(n: bigint, discriminant: bigint): boolean {
  let odd = n + 1n;
  let twos = 0;
  while ((odd & 1n) === 0n) {
    odd >>= 1n;
    twos += 1;
  }
  const modulo = (value: bigint): bigint => {
    const rest = value % n;
    return rest < 0n ? rest + n : rest;
  };
  // An even number of the same class, so that halving stays among the integers.
  const half = (value: bigint): bigint =>
    modulo((value & 1n) === 0n ? value >> 1n : (value + n) >> 1n);

  const q = modulo((1n - discriminant) / 4n);
  let u = 1n;
  let v = 1n;
  let qPower = q;
  for (const bit of odd.toString(2).slice(1)) {
    u = modulo(u * v);
    v = modulo(v * v - 2n * qPower);
    qPower = modulo(qPower * qPower);
    if (bit === "1") {
      [u, v] = [half(u + v), half(discriminant * u + v)];
      qPower = modulo(qPower * q);
    }
  }
  if (u === 0n) return true;
  for (let k = 0; k < twos; k += 1) {
    if (v === 0n) return true;
    v = modulo(v * v - 2n * qPower);
    qPower = modulo(qPower * qPower);
  }
  return false;
}

/** The Jacobi symbol (a / n) for an odd n. */
function jacobiSymbol(a: bigint, n: bigint): -1 | 0 | 1 {
  let top = ((a % n) + n) % n;
  let bottom = n;
  let sign: -1 | 1 = 1;
  const flip = (): void => {
    sign = sign === 1 ? -1 : 1;
  };
  while (top !== 0n) {
    while ((top & 1n) === 0n) {
      top >>= 1n;
      const eighth = bottom & 7n;
      if (eighth === 3n || eighth === 5n) flip();
    }
    [top, bottom] = [bottom, top];
    if ((top & 3n) === 3n && (bottom & 3n) === 3n) flip();
    top %= bottom;
  }
  return bottom === 1n ? sign : 0;
}

function isSquare(n: bigint): boolean {
  // Newton's method from above comes down to the integer root and stops there.
  let root = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root * root === n;
    root = next;
  }
}
