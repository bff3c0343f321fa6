import type { Candidate, Strategy } from "./candidate.ts";

/** Any, each as likely as the others. */
export class Random implements Strategy {
  readonly #random: () => number;

  /** `random` gives 0 to below 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  pick<C extends Candidate>(candidates: readonly C[]): C | undefined {
    return candidates[Math.floor(this.#random() * candidates.length)];
  }
}
