import type { Candidate, Strategy } from "./candidate.ts";
import { type Memory, Remembered } from "./remembered.ts";

interface Credit extends Memory {
  amount: number;
}

/**
 * Picks the candidate with the lowest load. Ties are broken by smooth weighted round robin: the weights 5, 1, 1 give
 * the order a a b a c a a. At each pick, every tied candidate's credit grows by its weight; the one with the highest
 * credit is picked, and its credit falls by the sum of the weights. Source: nginx, round robin and least_conn.
 */
export class LeastByWeight implements Strategy {
  readonly #credits = new Remembered<Credit>((candidate) => ({ candidate, amount: 0 }));
  readonly #loadOf: (candidate: Candidate) => number;

  constructor(loadOf: (candidate: Candidate) => number) {
    this.#loadOf = loadOf;
  }

  pick<C extends Candidate>(candidates: readonly C[]): C | undefined {
    const credits = this.#credits.of(candidates);
    let least = Number.POSITIVE_INFINITY;
    for (const { candidate } of credits) least = Math.min(least, this.#loadOf(candidate));
    let best: Credit | undefined;
    let total = 0;
    for (const credit of credits) {
      if (this.#loadOf(credit.candidate) > least) continue;
      credit.amount += credit.candidate.weight;
      total += credit.candidate.weight;
      if (best === undefined || credit.amount > best.amount) best = credit;
    }
    if (best === undefined) return undefined;
    best.amount -= total;
    return best.candidate as C;
  }
}
