export class Random {
  constructor(seed: number);
  next(): number;
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  weighted<T extends { readonly weight: number }>(choices: readonly T[]): T;
}
