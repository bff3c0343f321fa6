import type { Candidate, Strategy } from "./candidate.ts";

/** Picks at random, each candidate with the same probability. */
export class Random implements Strategy {
  readonly #random: () => number;

  /** `random` returns numbers from 0 to below 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  pick<C extends Candidate>(candidates: readonly C[]): C | undefined {
    return candidates[Math.floor(this.#random() * candidates.length)];
  }
}
