import type { Candidate, Strategy } from "./candidate.ts";
import { type Memory, Remembered } from "./remembered.ts";

interface Turn extends Memory {
  /** Number of the pick that was its last; 0 for none. */
  at: number;
}

/**
 * Who has the least of something; of those with the same, who was picked longest ago. Where all have the same that is
 * round robin, and one that stays fair whoever comes and goes, as an index into the list would not.
 */
export class LeastInTurn implements Strategy {
  readonly #turns = new Remembered<Turn>((candidate) => ({ candidate, at: 0 }));
  readonly #loadOf: (candidate: Candidate) => number;
  readonly #longestWait: number;
  #picks = 0;

  /** Who was not picked for `longestWait` times as many picks as there are candidates is next, whatever it has. */
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
