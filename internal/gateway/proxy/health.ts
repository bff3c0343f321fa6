import { startTimer } from "../../../protocol/timers.ts";

/**
 * Milliseconds for which an unreachable upstream is not used: doubled with each consecutive failure, up to the maximum.
 */
const FIRST_REST = 1_000;
const LONGEST_REST = 30_000;

/** Health of an upstream, by the results of health checks and by whether it could be reached last. */
export class Health {
  readonly #onChange: () => void;
  #passes = true;
  #against = 0;
  #unreached = 0;
  #rest: NodeJS.Timeout | undefined;

  /** @param onChange - called when either of the two has changed */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Result of the health checks; true before the first one. */
  get passes(): boolean {
    return this.#passes;
  }

  /** It could not be reached recently, and is not used while there are other upstreams. */
  get isResting(): boolean {
    return this.#rest !== undefined;
  }

  /**
   * Records the result of a check. `needed` is the number of consecutive results that changes the state. Returns
   * whether this one changed it.
   */
  checked(passed: boolean, needed: { readonly healthy: number; readonly unhealthy: number }): boolean {
    this.#against = passed === this.#passes ? 0 : this.#against + 1;
    if (passed) this.reached();
    if (this.#against < (passed ? needed.healthy : needed.unhealthy) || this.#against === 0) return false;
    this.#passes = passed;
    this.#against = 0;
    this.#onChange();
    return true;
  }

  reached(): void {
    this.#unreached = 0;
    this.#endRest();
  }

  /**
   * Suspends the upstream for a time. Returns false if it is already suspended: failures of requests that were sent
   * before do not extend the time.
   */
  unreachable(): boolean {
    if (this.#rest !== undefined) return false;
    this.#unreached += 1;
    const time = Math.min(FIRST_REST * 2 ** (this.#unreached - 1), LONGEST_REST);
    this.#rest = startTimer(() => this.#endRest(), time).unref();
    this.#onChange();
    return true;
  }

  close(): void {
    clearTimeout(this.#rest);
  }

  #endRest(): void {
    if (this.#rest === undefined) return;
    clearTimeout(this.#rest);
    this.#rest = undefined;
    this.#onChange();
  }
}
