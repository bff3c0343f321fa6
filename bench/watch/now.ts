/** Milliseconds by the system's monotonic clock, the same in every process; `performance` begins with the wall clock. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
