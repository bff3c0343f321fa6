import type { Candidate } from "./candidate.ts";

/**
 * Number of lists after which the state of a candidate that was in none of them is dropped. A retry leaves a candidate
 * out of one list, a restart out of a few.
 */
const KEPT_FOR = 16;

/** State that a strategy keeps for a candidate. */
export interface Memory {
  candidate: Candidate;
}

/** A strategy's state for each candidate, by key, returned in the order of the current list. */
export class Remembered<M extends Memory> {
  readonly #begin: (candidate: Candidate) => M;
  readonly #memories = new Map<string, M>();
  /** By key: the number of the last list that contained the candidate. */
  readonly #seen = new Map<string, number>();
  #list: readonly Candidate[] | undefined;
  #ofList: readonly M[] = [];
  #lists = 0;

  constructor(begin: (candidate: Candidate) => M) {
    this.#begin = begin;
  }

  of(candidates: readonly Candidate[]): readonly M[] {
    if (candidates !== this.#list) this.#take(candidates);
    return this.#ofList;
  }

  #take(candidates: readonly Candidate[]): void {
    this.#lists += 1;
    this.#list = candidates;
    this.#ofList = candidates.map((candidate) => this.#recall(candidate));
    for (const [key, list] of this.#seen) if (this.#lists - list > KEPT_FOR) this.#forget(key);
  }

  #recall(candidate: Candidate): M {
    const memory = this.#memories.get(candidate.key) ?? this.#begin(candidate);
    memory.candidate = candidate;
    this.#memories.set(candidate.key, memory);
    this.#seen.set(candidate.key, this.#lists);
    return memory;
  }

  #forget(key: string): void {
    this.#memories.delete(key);
    this.#seen.delete(key);
  }
}
