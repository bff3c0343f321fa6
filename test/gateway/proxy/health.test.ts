import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Health } from "../../../internal/gateway/proxy/health.ts";

const NEEDED = { healthy: 2, unhealthy: 3 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("checks", () => {
  test("take an upstream out after so many failures in a row, and in again after so many successes", () => {
    const onChange = vi.fn();
    const health = new Health(onChange);
    const results = [false, false, true, false, false, false, true, false, true, true];
    expect(results.map((passed) => health.checked(passed, NEEDED) && passed)).toEqual([
      ...[false, false, false, false, false],
      false, // the third in a row: it is out
      ...[false, false, false],
      true, // the second in a row: it is in
    ]);
    expect(onChange).toHaveBeenCalledTimes(2);
    expect(health.passes).toBe(true);
  });

  test("that pass end a rest", () => {
    const health = new Health(() => {});
    health.unreachable();
    health.checked(true, NEEDED);
    expect(health.isSuspended).toBe(false);
  });
});

describe("an upstream that cannot be reached", () => {
  test("rests for a second, and twice as long for each time in a row, to half a minute at most", () => {
    const health = new Health(() => {});
    const rests = Array.from({ length: 7 }, () => {
      health.unreachable();
      const since = Date.now();
      vi.advanceTimersToNextTimer();
      expect(health.isSuspended).toBe(false);
      return Date.now() - since;
    });
    expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  test("does not rest longer for what was under way when it began to", () => {
    const health = new Health(() => {});
    expect([health.unreachable(), health.unreachable(), health.unreachable()]).toEqual([true, false, false]);
    vi.advanceTimersByTime(1_000);
    expect(health.isSuspended).toBe(false);
  });

  test("is in again as soon as it is reached, and rests for a second the next time", () => {
    const onChange = vi.fn();
    const health = new Health(onChange);
    health.unreachable();
    vi.advanceTimersByTime(1_000);
    health.unreachable();
    health.reached();
    expect(health.isSuspended).toBe(false);
    health.unreachable();
    vi.advanceTimersByTime(1_000);
    expect(health.isSuspended).toBe(false);
    expect(onChange).toHaveBeenCalledTimes(6);
  });
});
