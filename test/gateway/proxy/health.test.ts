import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Health } from "../../../internal/gateway/proxy/health.ts";

const NEEDED = { healthy: 2, unhealthy: 3 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("health checks", () => {
  test("remove an upstream after consecutive failures, and return it after consecutive successes", () => {
    const onChange = vi.fn();
    const health = new Health(onChange);
    const results = [false, false, true, false, false, false, true, false, true, true];
    expect(results.map((passed) => health.checked(passed, NEEDED) && passed)).toEqual([
      ...[false, false, false, false, false],
      false, // the third consecutive failure: removed
      ...[false, false, false],
      true, // the second consecutive success: returned
    ]);
    expect(onChange).toHaveBeenCalledTimes(2);
    expect(health.passes).toBe(true);
  });

  test("that pass end a suspension", () => {
    const health = new Health(() => {});
    health.unreachable();
    health.checked(true, NEEDED);
    expect(health.isSuspended).toBe(false);
  });
});

describe("an unreachable upstream", () => {
  test("is suspended for a second, doubled for each consecutive failure up to 30 s", () => {
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

  test("is not suspended longer by requests that were already in flight", () => {
    const health = new Health(() => {});
    expect([health.unreachable(), health.unreachable(), health.unreachable()]).toEqual([true, false, false]);
    vi.advanceTimersByTime(1_000);
    expect(health.isSuspended).toBe(false);
  });

  test("is used again once it is reached, and the next suspension is one second", () => {
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
