import { XsysError } from "./errors.ts";

/**
 * In milliseconds; 24.8 days. Node runs a timer with a longer delay after 1 ms (https://nodejs.org/api/timers.html).
 */
export const LONGEST_DELAY = 2_147_483_647;

/**
 * Like setTimeout, for a delay of any length in milliseconds. Infinity means never; a negative delay means at once. The
 * result is a Node timer: clearTimeout, unref and refresh work.
 * @throws RangeError for NaN
 */
export function startTimer(callback: () => void, delay: number): NodeJS.Timeout {
  return delay <= LONGEST_DELAY ? setTimeout(callback, Math.max(0, delay)) : chained(delay, callback, false);
}

/** Like setInterval, for an interval of any length in milliseconds. Infinity means never. */
export function startInterval(callback: () => void, interval: number): NodeJS.Timeout {
  return interval <= LONGEST_DELAY ? setInterval(callback, Math.max(0, interval)) : chained(interval, callback, true);
}

/** Resolves after `delay` milliseconds of any length; rejects with the signal's reason if it aborts before. */
export async function pause(delay: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const timer = startTimer(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, delay);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** The error for a caller's delay that is not a number of milliseconds from 0 to Infinity. */
export function delayRefusal(name: string, delay: unknown): XsysError | undefined {
  if (delay === undefined || (typeof delay === "number" && delay >= 0)) return undefined;
  const message = `${name} must be a number of milliseconds from 0 to Infinity, not ${String(delay)}`;
  return new XsysError("INVALID_PARAMS", message, { details: { [name]: String(delay) } });
}

/** Limits a delay that a library or Node passes to a timer to the maximum of a timer. */
export function withinTimer(delay: number): number {
  return Math.min(delay, LONGEST_DELAY);
}

/** An object with Node's inactivity timeout: a socket or an HTTP/2 stream. */
export interface MayGoQuiet {
  readonly destroyed: boolean;
  setTimeout(delay: number): unknown;
  on(event: "timeout", listener: () => void): unknown;
}

/**
 * Calls `callback` each time a socket or stream has been inactive for `delay` milliseconds, until it is destroyed. The
 * callback of Node's own `setTimeout` is called only the first time, which may be a harmless pause.
 */
export function wheneverQuiet(stream: MayGoQuiet, delay: number, callback: () => void): void {
  const arm = () => stream.setTimeout(withinTimer(delay));
  stream.on("timeout", () => {
    callback();
    if (!stream.destroyed) arm();
  });
  arm();
}

/** One timer that is refreshed until all slices of the delay have elapsed. */
function chained(delay: number, callback: () => void, again: boolean): NodeJS.Timeout {
  const { slices, length } = slicesOf(delay);
  let over = 0;
  const timer = setTimeout(() => {
    over += 1;
    const isDue = over === slices;
    if (!isDue || again) next(isDue ? 0 : over);
    if (isDue) callback();
  }, length);
  const refresh = timer.refresh.bind(timer);
  const next = (from: number) => {
    over = from;
    refresh();
  };
  timer.refresh = () => {
    next(0);
    return timer;
  };
  return timer;
}

/** Equal parts of a delay, each within the maximum of a timer. */
function slicesOf(delay: number): { readonly slices: number; readonly length: number } {
  if (Number.isNaN(delay)) throw new RangeError("a timer needs a number of milliseconds, not NaN");
  if (delay === Number.POSITIVE_INFINITY) return { slices: delay, length: LONGEST_DELAY };
  const slices = Math.max(1, Math.ceil(delay / LONGEST_DELAY));
  return { slices, length: Math.max(0, delay) / slices };
}
