import { startTimer } from "../../../protocol/timers.ts";

/**
 * Milliseconds for which an unreachable upstream is not used: doubled with each consecutive failure, up to the maximum.
 */
const FIRST_SUSPENSION = 1_000;
const MAX_SUSPENSION = 30_000;

/** Health of an upstream, by the results of health checks and by whether it could be reached last. */
export class Health {
  readonly #onChange: () => void;
  #passes = true;
  #contrary = 0;
  #failures = 0;
  #suspension: NodeJS.Timeout | undefined;

  /** @param onChange - called when either of the two has changed */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Result of the health checks; true before the first one. */
  get passes(): boolean {
    return this.#passes;
  }

  /** It could not be reached recently, and is not used while there are other upstreams. */
  get isSuspended(): boolean {
    return this.#suspension !== undefined;
  }

  /**
   * Records the result of a check. `needed` is the number of consecutive results that changes the state. Returns
   * whether this one changed it.
   */
  checked(passed: boolean, needed: { readonly healthy: number; readonly unhealthy: number }): boolean {
    this.#contrary = passed === this.#passes ? 0 : this.#contrary + 1;
    if (passed) this.reached();
    if (this.#contrary < (passed ? needed.healthy : needed.unhealthy) || this.#contrary === 0) return false;
    this.#passes = passed;
    this.#contrary = 0;
    this.#onChange();
    return true;
  }

  reached(): void {
    this.#failures = 0;
    this.#resume();
  }

  /**
   * Suspends the upstream for a time. Returns false if it is already suspended: failures of requests that were sent
   * before do not extend the time.
   */
  unreachable(): boolean {
    if (this.#suspension !== undefined) return false;
    this.#failures += 1;
    const time = Math.min(FIRST_SUSPENSION * 2 ** (this.#failures - 1), MAX_SUSPENSION);
    this.#suspension = startTimer(() => this.#resume(), time).unref();
    this.#onChange();
    return true;
  }

  close(): void {
    clearTimeout(this.#suspension);
  }

  #resume(): void {
    if (this.#suspension === undefined) return;
    clearTimeout(this.#suspension);
    this.#suspension = undefined;
    this.#onChange();
  }
}
