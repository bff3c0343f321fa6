import { startTimer } from "../../../../protocol/timers.ts";

/** A signal that aborts when `signal` does, or after `seconds`. Disposing of it clears the timer. */
export function lasting(signal: AbortSignal, seconds = Number.POSITIVE_INFINITY): Disposable & { signal: AbortSignal } {
  const over = new AbortController();
  const timer = startTimer(() => over.abort(), Math.ceil(seconds * 1000));
  return {
    signal: AbortSignal.any([signal, over.signal]),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
