import { expect, test } from "vitest";
import { Backoff } from "../../internal/processes/backoff.ts";

const OPTIONS = { backoff: { first: 100, most: 3_000, mostInService: 1_000 }, stableAfter: 10_000 };
const FAILED = { service: 0, startSucceeded: false, lackedResources: false, wasEndedFromOutside: false };
const SERVED = { ...FAILED, service: 5, startSucceeded: true };

/** The delays after `count` consecutive deaths. */
function pauses(backoff: Backoff, death: typeof FAILED, count: number) {
  return Array.from({ length: count }, () => backoff.next(death));
}

function expectAbout(pauses: readonly unknown[], most: readonly number[]): void {
  expect(pauses).toHaveLength(most.length);
  for (const [i, limit] of most.entries()) {
    expect(pauses[i]).toBeGreaterThanOrEqual(limit / 2);
    expect(pauses[i]).toBeLessThanOrEqual(limit);
  }
}

test("a failed start is retried at once, then after delays that double up to the maximum, without limit", () => {
  const backoff = new Backoff(OPTIONS);
  expectAbout(pauses(backoff, FAILED, 8), [0, 100, 200, 400, 800, 1_600, 3_000, 3_000]);
  expectAbout(pauses(backoff, FAILED, 1_000).slice(-1), [3_000]);
  expect(backoff.failedStarts).toBe(1_008);
});

test("the delays are random, so that processes that die together do not restart together", () => {
  const seconds = Array.from({ length: 20 }, () => pauses(new Backoff(OPTIONS), FAILED, 2)[1]);
  expect(new Set(seconds).size).toBeGreaterThan(1);
});

test("a process that became ready resets the count of failed starts", () => {
  const backoff = new Backoff(OPTIONS);
  pauses(backoff, FAILED, 8);
  backoff.ready();
  expect(backoff.failedStarts).toBe(0);
  expect(backoff.next(FAILED)).toBe(0);
});

test("a program that becomes ready and dies soon is delayed less than one that never becomes ready", () => {
  const backoff = new Backoff(OPTIONS);
  expectAbout(pauses(backoff, SERVED, 7), [0, 100, 200, 400, 800, 1_000, 1_000]);
  expect(backoff.next({ ...SERVED, service: 10_000 }), "after a stable run").toBe(0);
});

test("a process ended by an external signal or a request restarts after at most the first delay", () => {
  const backoff = new Backoff(OPTIONS);
  for (const pause of pauses(backoff, { ...SERVED, wasEndedFromOutside: true }, 50))
    expect(pause).toBeLessThanOrEqual(100);
  expect(backoff.next(SERVED)).toBeLessThanOrEqual(100);
});

test("with a limit, that many consecutive failed restarts end it, and a start by hand resets the count", () => {
  const backoff = new Backoff({ ...OPTIONS, maxRestarts: 3 });
  const all = pauses(backoff, FAILED, 4);
  expect(all.slice(0, 3).every((pause) => typeof pause === "number")).toBe(true);
  expect(all[3]).toBe("given-up");
  backoff.forget();
  expect(backoff.next(FAILED)).toBe(0);
});

test.each([
  ["a program that becomes ready", SERVED],
  ["a start that failed for lack of descriptors", { ...FAILED, lackedResources: true }],
  ["a process that is killed from outside as it starts", { ...FAILED, wasEndedFromOutside: true }],
])("the limit does not count %s", (_what, death) => {
  const backoff = new Backoff({ ...OPTIONS, maxRestarts: 2 });
  expect(pauses(backoff, death, 20)).not.toContain("given-up");
  expect(pauses(backoff, FAILED, 3).map((pause) => pause === "given-up")).toEqual([false, false, true]);
});
