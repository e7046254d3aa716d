/**
 * How often a race is tried: a few times as a rule, and often where CONCUR_ROUNDS=10 asks for ten times as many, which is
 * of use after a change of what races there.
 */
export function rounds(asARule: number): number {
  return Math.ceil(asARule * Number(process.env["CONCUR_ROUNDS"] ?? 1));
}
