import { percentile } from "../statistics.ts";

/** One call with its answer. Several may be in flight. */
export type Call = () => Promise<unknown>;

/** Latency percentiles of `calls` calls made one after the other, in microseconds. */
export async function latency(call: Call, calls: number): Promise<{ p50: number; p99: number }> {
  const durations = new Float64Array(calls);
  for (let i = 0; i < calls; i++) {
    const start = performance.now();
    await call();
    durations[i] = (performance.now() - start) * 1000;
  }
  durations.sort();
  return { p50: percentile(durations, 50), p99: percentile(durations, 99) };
}

/** Calls per second with `inFlight` concurrent calls, during `milliseconds`. */
export async function throughput(call: Call, inFlight: number, milliseconds: number): Promise<number> {
  let calls = 0;
  const start = performance.now();
  const callRepeatedly = async () => {
    for (; performance.now() - start < milliseconds; calls++) await call();
  };
  await Promise.all(Array.from({ length: inFlight }, callRepeatedly));
  return (calls * 1000) / (performance.now() - start);
}

/** Calls per second of `calls` calls made one after the other. */
export async function pace(call: Call, calls: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < calls; i++) await call();
  return (calls * 1000) / (performance.now() - start);
}
