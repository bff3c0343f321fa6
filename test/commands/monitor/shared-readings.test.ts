import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { sendSnapshots } from "../../../internal/commands/monitor/shared/send-snapshots.ts";
import { SharedReadings } from "../../../internal/commands/monitor/shared/shared-readings.ts";

const never = new AbortController().signal;

/** Fake timers. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Readings whose value is a counter. */
function counted(): { readings: SharedReadings<number>; read: () => number } {
  let count = 0;
  return { readings: new SharedReadings(() => ++count), read: () => count };
}

/** The times of one follower's readings, in milliseconds since it began. */
async function timesOf(readings: SharedReadings<unknown>, interval: number, ticks: number): Promise<number[]> {
  const begun = performance.now();
  const times: number[] = [];
  for await (const { at } of readings.every(interval, ticks, never)) times.push(Math.round(at - begun));
  return times;
}

describe("followers of shared readings", () => {
  test("get one reading at once and then one per interval", async () => {
    const times = timesOf(counted().readings, 100, 3);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await times).toEqual([0, 100, 200, 300]);
  });

  test("with the same interval share each reading, whenever they began", async () => {
    const { readings, read } = counted();
    const first = timesOf(readings, 100, 10);
    await vi.advanceTimersByTimeAsync(30);
    const second = timesOf(readings, 100, 9);
    const third = timesOf(readings, 200, 4);
    await vi.advanceTimersByTimeAsync(2000);
    expect((await first).at(-1)).toBe(1000);
    expect(await second).toEqual([0, 70, 170, 270, 370, 470, 570, 670, 770, 870]);
    expect(await third).toEqual([0, 170, 370, 570, 770]);
    expect(read()).toBe(3 + 10);
  });

  test("do not drift when a reading is slow", async () => {
    const slow = new SharedReadings(async () => {
      await new Promise<void>((resolve) => setTimeout(resolve, 30));
    });
    const times = timesOf(slow, 100, 5);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await times).toEqual([30, 130, 230, 330, 430, 530]);
  });

  test("miss ticks during a reading longer than the interval, and still end", async () => {
    const slow = new SharedReadings(async () => {
      await new Promise<void>((resolve) => setTimeout(resolve, 250));
    });
    const times = timesOf(slow, 100, 6);
    await vi.advanceTimersByTimeAsync(5000);
    // When the first reading ends, the ticks at 100 and 200 are past. A timer of 1 ms makes up for them.
    expect(await times).toEqual([250, 501, 850]);
  });

  test("get the latest reading after they were busy", async () => {
    const { readings } = counted();
    const follower = readings.every(100, 10, never);
    const values: number[] = [(await follower.next()).value.value];
    const next = follower.next();
    await vi.advanceTimersByTimeAsync(100);
    values.push((await next).value.value);
    await vi.advanceTimersByTimeAsync(500);
    values.push((await follower.next()).value.value);
    expect(values).toEqual([1, 2, 7]);
    await follower.return(undefined);
    expect(readings.followed).toBe(false);
  });

  test("stop the timer when the last of them leaves or is cancelled", async () => {
    const { readings, read } = counted();
    const cancel = new AbortController();
    const follower = readings.every(100, Number.POSITIVE_INFINITY, cancel.signal);
    await follower.next();
    const next = follower.next();
    const failure = expect(next).rejects.toThrow("enough");
    cancel.abort(new Error("enough"));
    await failure;
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(read()).toBe(1);
  });

  test("fail with the error of the reading", async () => {
    const readings = new SharedReadings(() => Promise.reject(new Error("unreadable")));
    await expect(timesOf(readings, 100, 1)).rejects.toThrow("unreadable");
    expect(readings.followed).toBe(false);
  });
});

test("a slow reader misses snapshots, and the next one covers the time since the last one that it received", async () => {
  const { readings } = counted();
  const begun = performance.now();
  const sent: unknown[] = [];
  const events = {
    get ready() {
      const passed = performance.now() - begun;
      return passed < 150 || passed > 450;
    },
    emit: async (event: unknown) => void sent.push(event),
  };
  const done = sendSnapshots(
    readings,
    { duration: 0.6, interval: 0.1 },
    { events, signal: never },
    ({ now, seconds }) => ({ now, seconds: Math.round(seconds * 10) / 10 }),
  );
  await vi.advanceTimersByTimeAsync(1000);
  expect(await done).toEqual({ snapshots: 3, skipped: 3 });
  expect(sent).toEqual([
    { timestamp: expect.any(Number), now: 2, seconds: 0.1 },
    { timestamp: expect.any(Number), now: 6, seconds: 0.4 },
    { timestamp: expect.any(Number), now: 7, seconds: 0.1 },
  ]);
});
