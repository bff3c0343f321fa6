/** A worker or upstream that may get the next request. */
export interface Candidate {
  /** Identifies it among the candidates. Its replacement has the same key. */
  readonly key: string;
  /** Relative share of the requests under the weighted strategies. Greater than 0. */
  readonly weight: number;
  /** Number of requests that it has not answered yet. */
  readonly active: number;
  /** Smoothed response time in milliseconds. Undefined before the first response. */
  readonly latency: number | undefined;
}

/** Selects the candidate for the next request. It runs for every request, so it does not allocate. */
export interface Strategy {
  /**
   * One of the candidates. Undefined when the list is empty. Callers must pass a new array whenever the candidates
   * change. `client` is an address, with or without a port.
   */
  pick<C extends Candidate>(candidates: readonly C[], client: string): C | undefined;
}
