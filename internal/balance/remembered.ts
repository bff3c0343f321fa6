import type { Candidate } from "./candidate.ts";

/** Lists for which one that is in none of them is remembered: a retry leaves it out of one, a restart of a few. */
const KEPT_FOR = 16;

/** What is known of a candidate. */
export interface Memory {
  candidate: Candidate;
}

/** What a strategy knows of each candidate, by key, held in the order of the list that it is asked about. */
export class Remembered<M extends Memory> {
  readonly #begin: (candidate: Candidate) => M;
  readonly #memories = new Map<string, M>();
  /** By key: the number of the last list it was in. */
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
