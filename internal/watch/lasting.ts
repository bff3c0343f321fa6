/** A signal that aborts with another, or after so many seconds. */
export function lasting(signal: AbortSignal, seconds: number | undefined): AbortSignal {
  return seconds === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(seconds * 1000))]);
}
