/** Whoever may be given the next request: a worker, an upstream. */
export interface Candidate {
  /** Names it among the others, and whoever takes its place later. */
  readonly key: string;
  /** Its share beside the others' under the weighted strategies; above 0. */
  readonly weight: number;
  /** Requests it has not answered yet. */
  readonly active: number;
  /** How long it takes to answer, smoothed, in milliseconds; undefined before its first answer. */
  readonly latency: number | undefined;
}

/** Who is next. It allocates nothing: it is asked for every request. */
export interface Strategy {
  /**
   * One of the candidates; undefined when there are none. Their list is another object whenever others are in it.
   * `client` is an address, with or without port.
   */
  pick<C extends Candidate>(candidates: readonly C[], client: string): C | undefined;
}
