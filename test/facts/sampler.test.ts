import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Sampler } from "../../internal/facts/sampler.ts";

const never = new AbortController().signal;

/** A clock by hand: reading gives its milliseconds, and a wait moves it on. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const waits: number[] = [];
vi.mock("../../protocol/timers.ts", () => ({
  pause: async (milliseconds: number, signal: AbortSignal) => {
    signal.throwIfAborted();
    waits.push(milliseconds);
    vi.advanceTimersByTime(milliseconds);
  },
}));

function sampler(): Sampler<number> {
  waits.length = 0;
  return new Sampler(() => Math.round(performance.now()));
}

test("the first call waits for the interval", async () => {
  const { before, after, seconds } = await sampler().over(100, never);
  expect(after - before).toBe(101);
  expect(seconds).toBeCloseTo(0.101);
});

test("a call soon after begins at an earlier one's sample and does not wait", async () => {
  const shared = sampler();
  const first = await shared.over(100, never);
  vi.advanceTimersByTime(5);
  const { before, after } = await shared.over(100, never);
  expect(before).toBe(first.before);
  expect(after - before).toBe(106);
  expect(waits).toHaveLength(1);
});

test("calls in quick succession never wait again, and look back no further than they need", async () => {
  const shared = sampler();
  await shared.over(100, never);
  for (let call = 0; call < 100; call++) {
    vi.advanceTimersByTime(10);
    const { before, after } = await shared.over(100, never);
    expect(after - before).toBeGreaterThanOrEqual(100);
    expect(after - before).toBeLessThanOrEqual(220);
  }
  expect(waits).toHaveLength(1);
});

test("who polls every 5 seconds gets those 5 seconds", async () => {
  const shared = sampler();
  await shared.over(100, never);
  vi.advanceTimersByTime(5000);
  const { before, after } = await shared.over(100, never);
  expect(after - before).toBe(5000);
});

test("a sample of long ago is not looked back to", async () => {
  const shared = sampler();
  await shared.over(100, never);
  vi.advanceTimersByTime(60_000);
  const { before, after } = await shared.over(100, never);
  expect(after - before).toBe(101);
});

test("a call that wants a longer span waits for what is missing of it", async () => {
  const shared = sampler();
  await shared.over(100, never);
  vi.advanceTimersByTime(50);
  const { before, after } = await shared.over(1000, never);
  expect(after - before).toBeGreaterThanOrEqual(1000);
  expect(waits.at(-1)).toBeLessThanOrEqual(951);
});

test("a cancelled wait fails", async () => {
  await expect(sampler().over(100, AbortSignal.abort())).rejects.toThrow("aborted");
});
