import { percentile } from "../statistics.ts";

/** One call, there and back. Many may be in flight. */
export type Call = () => Promise<unknown>;

/** Half, and 99 %, of that many calls one after the other took at most this long, in microseconds. */
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

/** Calls a second while so many are in flight, over so many milliseconds. */
export async function throughput(call: Call, inFlight: number, milliseconds: number): Promise<number> {
  let calls = 0;
  const start = performance.now();
  const askOn = async () => {
    for (; performance.now() - start < milliseconds; calls++) await call();
  };
  await Promise.all(Array.from({ length: inFlight }, askOn));
  return (calls * 1000) / (performance.now() - start);
}

/** Calls a second of that many one after the other. */
export async function pace(call: Call, calls: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < calls; i++) await call();
  return (calls * 1000) / (performance.now() - start);
}
