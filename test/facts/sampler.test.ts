import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Sampler } from "../../internal/facts/sampler.ts";

const never = new AbortController().signal;

/** A clock set by hand: a reading returns its milliseconds, and a wait advances it. */
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

test("a call soon after another starts from the earlier sample and does not wait", async () => {
  const shared = sampler();
  const first = await shared.over(100, never);
  vi.advanceTimersByTime(5);
  const { before, after } = await shared.over(100, never);
  expect(before).toBe(first.before);
  expect(after - before).toBe(106);
  expect(waits).toHaveLength(1);
});

test("calls in quick succession never wait again, and use no older sample than they need", async () => {
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

test("polling every 5 seconds measures those 5 seconds", async () => {
  const shared = sampler();
  await shared.over(100, never);
  vi.advanceTimersByTime(5000);
  const { before, after } = await shared.over(100, never);
  expect(after - before).toBe(5000);
});

test("a sample that is too old is not used", async () => {
  const shared = sampler();
  await shared.over(100, never);
  vi.advanceTimersByTime(60_000);
  const { before, after } = await shared.over(100, never);
  expect(after - before).toBe(101);
});

test("a call with a longer interval waits for the missing part", async () => {
  const shared = sampler();
  await shared.over(100, never);
  vi.advanceTimersByTime(50);
  const { before, after } = await shared.over(1000, never);
  expect(after - before).toBeGreaterThanOrEqual(1000);
  expect(waits.at(-1)).toBeLessThanOrEqual(951);
});

test("a cancelled wait rejects", async () => {
  await expect(sampler().over(100, AbortSignal.abort())).rejects.toThrow("aborted");
});
