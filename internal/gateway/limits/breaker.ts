import type { BreakerOptions } from "../options.ts";

/** Keeps requests from what fails again and again. Times by performance.now(). */
export interface Breaker {
  /** Whether a request may be sent; when it was open long enough, one may, as a trial. */
  allows(): boolean;
  succeeded(): void;
  failed(): void;
}

/**
 * Opens after so many failures in a row, and after its timeout lets one request through: that one closes it, or opens it
 * for another timeout. A trial that nothing is heard of is followed by another one after a timeout.
 */
export function createBreaker({ threshold, timeout }: BreakerOptions): Breaker {
  let failures = 0;
  let state: "closed" | "open" | "trial" = "closed";
  let since = 0;
  const open = () => {
    state = "open";
    since = performance.now();
  };
  return {
    allows() {
      if (state === "closed") return true;
      const now = performance.now();
      if (now - since < timeout) return false;
      state = "trial";
      since = now;
      return true;
    },
    // While it is open, what is heard is of requests sent before.
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
