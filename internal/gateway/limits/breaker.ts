import type { BreakerOptions } from "../options.ts";

/** A circuit breaker: stops requests to a service that keeps failing. Times are those of performance.now(). */
export interface Breaker {
  /**
   * Whether a request may be sent. After the timeout of an open breaker, one request may, as a trial. A promise if
   * another process decides that.
   */
  allows(): boolean | Promise<boolean>;
  succeeded(): void;
  failed(): void;
}

/** A breaker that decides by itself. */
export interface OwnBreaker extends Breaker {
  /** Whether requests are refused, or one is on trial. */
  readonly isOpen: boolean;
  /** Whether the last request failed, so that a success changes the count. */
  readonly hasFailures: boolean;
  allows(): boolean;
}

/**
 * Opens after `threshold` consecutive failures. After `timeout`, one trial request is let through: its success closes
 * the breaker, its failure opens it for another timeout. If a trial has no result, another one follows after the
 * timeout.
 */
export function createBreaker({ threshold, timeout }: BreakerOptions): OwnBreaker {
  let failures = 0;
  let state: "closed" | "open" | "trial" = "closed";
  let since = 0;
  const open = () => {
    state = "open";
    since = performance.now();
  };
  return {
    get isOpen() {
      return state !== "closed";
    },
    get hasFailures() {
      return failures > 0;
    },
    allows() {
      if (state === "closed") return true;
      const now = performance.now();
      if (now - since < timeout) return false;
      state = "trial";
      since = now;
      return true;
    },
    // While the breaker is open, results belong to requests sent before, and are ignored.
    succeeded() {
      if (state === "open") return;
      state = "closed";
      failures = 0;
    },
    failed() {
      if (state === "trial") open();
      else if (state === "closed" && ++failures >= threshold) open();
    },
  };
}
