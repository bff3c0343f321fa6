import type { Candidate, Strategy } from "./candidate.ts";
import { type Memory, Remembered } from "./remembered.ts";

interface Turn extends Memory {
  /** Number of the last pick that chose it; 0 for none. */
  at: number;
}

/**
 * Picks the candidate with the lowest load. Among ties, the one that was picked longest ago. With equal loads that is
 * round robin. Unlike an index into the list, it stays fair when candidates are added and removed.
 */
export class LeastInTurn implements Strategy {
  readonly #turns = new Remembered<Turn>((candidate) => ({ candidate, at: 0 }));
  readonly #loadOf: (candidate: Candidate) => number;
  readonly #longestWait: number;
  #picks = 0;

  /**
   * A candidate that was not chosen in `longestWait` × (number of candidates) picks is chosen regardless of its load.
   */
  constructor(loadOf: (candidate: Candidate) => number, longestWait: number = Number.POSITIVE_INFINITY) {
    this.#loadOf = loadOf;
    this.#longestWait = longestWait;
  }

  pick<C extends Candidate>(candidates: readonly C[]): C | undefined {
    const overdue = this.#picks - this.#longestWait * candidates.length;
    let best: Turn | undefined;
    let least = 0;
    for (const turn of this.#turns.of(candidates)) {
      const load = turn.at < overdue ? Number.NEGATIVE_INFINITY : this.#loadOf(turn.candidate);
      if (best !== undefined && (load > least || (load === least && turn.at >= best.at))) continue;
      best = turn;
      least = load;
    }
    if (best === undefined) return undefined;
    this.#picks += 1;
    best.at = this.#picks;
    return best.candidate as C;
  }
}
