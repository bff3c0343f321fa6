/**
 * Milliseconds of the system's monotonic clock, which is the same in every process. `performance.now()` is relative to
 * the start of the process.
 */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
