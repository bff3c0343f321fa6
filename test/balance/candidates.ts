import type { Candidate, Strategy } from "../../internal/balance/candidate.ts";

export class TestCandidate implements Candidate {
  readonly key: string;
  weight = 1;
  active = 0;
  latency: number | undefined;

  constructor(key: string, state: Partial<Omit<Candidate, "key">> = {}) {
    this.key = key;
    Object.assign(this, state);
  }
}

export function candidates(...keys: string[]): TestCandidate[] {
  return keys.map((key) => new TestCandidate(key));
}

/** Keys of `count` consecutive picks. */
export function picks(strategy: Strategy, list: readonly Candidate[], count: number, client = "10.0.0.1"): string[] {
  return Array.from({ length: count }, () => strategy.pick(list, client)?.key ?? "none");
}

/** Number of picks per key. */
export function counts(picked: readonly string[]): Record<string, number> {
  const times: Record<string, number> = {};
  for (const key of picked) times[key] = (times[key] ?? 0) + 1;
  return times;
}

/** Pearson's chi-squared statistic against equal shares. */
export function chiSquare(times: Readonly<Record<string, number>>, groups: number): number {
  const values = Object.values(times);
  const expected = values.reduce((sum, value) => sum + value, 0) / groups;
  const missing = groups - values.length;
  return values.reduce((sum, value) => sum + (value - expected) ** 2 / expected, missing * expected);
}

/** Pseudo-random numbers in [0, 1), determined by the seed. Algorithm: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
