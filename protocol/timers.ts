import { XsysError } from "./errors.ts";

/** Milliseconds, 24.8 days. Node runs a timer with a longer delay after 1 ms (https://nodejs.org/api/timers.html). */
export const LONGEST_DELAY = 2_147_483_647;

/**
 * As setTimeout, for a delay of any length in milliseconds. Infinity is never, a negative delay is at once. The timer is
 * Node's own: clearTimeout, unref and refresh work.
 * @throws RangeError for NaN
 */
export function startTimer(callback: () => void, delay: number): NodeJS.Timeout {
  return delay <= LONGEST_DELAY ? setTimeout(callback, Math.max(0, delay)) : chained(delay, callback, false);
}

/** As setInterval, for an interval of any length in milliseconds. Infinity is never. */
export function startInterval(callback: () => void, interval: number): NodeJS.Timeout {
  return interval <= LONGEST_DELAY ? setInterval(callback, Math.max(0, interval)) : chained(interval, callback, true);
}

/** Resolves after any number of milliseconds; rejects with the signal's reason when it aborts before. */
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

/** Why a delay that a caller gave cannot be used: anything but a number of milliseconds from 0 to Infinity. */
export function delayRefusal(name: string, delay: unknown): XsysError | undefined {
  if (delay === undefined || (typeof delay === "number" && delay >= 0)) return undefined;
  const message = `${name} must be a number of milliseconds from 0 to Infinity, and is ${String(delay)}`;
  return new XsysError("INVALID_PARAMS", message, { details: { [name]: String(delay) } });
}

/** For a setting of a library or of Node that becomes a timer there: as much of it as a timer can be given. */
export function withinTimer(delay: number): number {
  return Math.min(delay, LONGEST_DELAY);
}

/** What has Node's inactivity timeout: a socket, or a stream of HTTP/2. */
export interface MayGoQuiet {
  readonly destroyed: boolean;
  setTimeout(delay: number): unknown;
  on(event: "timeout", listener: () => void): unknown;
}

/**
 * Calls back each time that nothing has moved on a socket or stream for so many milliseconds, until it is destroyed. The
 * callback that Node's own setTimeout takes is called the first time alone, which may be a harmless one.
 */
export function wheneverQuiet(stream: MayGoQuiet, delay: number, callback: () => void): void {
  const arm = () => stream.setTimeout(withinTimer(delay));
  stream.on("timeout", () => {
    callback();
    if (!stream.destroyed) arm();
  });
  arm();
}

/** One timer that is refreshed until all its slices are over. */
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

/** Equal parts of a delay, each of which a timer can wait. */
function slicesOf(delay: number): { readonly slices: number; readonly length: number } {
  if (Number.isNaN(delay)) throw new RangeError("a timer needs a number of milliseconds, and was given NaN");
  if (delay === Number.POSITIVE_INFINITY) return { slices: delay, length: LONGEST_DELAY };
  const slices = Math.max(1, Math.ceil(delay / LONGEST_DELAY));
  return { slices, length: Math.max(0, delay) / slices };
}
