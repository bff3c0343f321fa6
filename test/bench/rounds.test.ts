import { describe, expect, test, vi } from "vitest";
import { type Figures, interleave, ratio, summarize } from "../../bench/rounds.ts";
import { median, percentile } from "../../bench/statistics.ts";

function resultsOf(figures: Record<string, readonly number[]>): Map<string, Figures[]> {
  return new Map(Object.entries(figures).map(([name, values]) => [name, values.map((value) => ({ p50: value }))]));
}

describe("interleave", () => {
  test("takes a sample of each contender in turn in every round", async () => {
    const order: string[] = [];
    const measure = (name: string) => async () => ({ sample: order.push(name) });
    const results = await interleave(new Map(["a", "b"].map((name) => [name, measure(name)])), 3);
    expect(order).toEqual(["a", "b", "a", "b", "a", "b"]);
    expect(results.get("b")).toEqual([{ sample: 2 }, { sample: 4 }, { sample: 6 }]);
  });

  test("always runs the first round, and starts no more when the time is over", async () => {
    let samples = 0;
    await interleave(new Map([["a", async () => ({ sample: samples++ })]]), 3, { milliseconds: 0 });
    expect(samples).toBe(1);
  });

  test("reports how many samples are taken, and how long the others will take", async () => {
    vi.useFakeTimers();
    try {
      const lines: string[] = [];
      const measure = async () => {
        vi.advanceTimersByTime(6_000);
        return {};
      };
      const contenders = new Map(["a", "b"].map((name) => [name, measure]));
      await interleave(contenders, 3, { progress: (line) => lines.push(line) });
      expect(lines).toEqual(["sample 2 of 6, about 24 s left", "sample 4 of 6, about 12 s left"]);
      await interleave(contenders, 3, { milliseconds: 20_000, progress: (line) => lines.push(line) });
      expect(lines.slice(2)).toEqual(["sample 2 of 6, about 8 s left", "sample 4 of 6, about 0 s left"]);
    } finally {
      vi.useRealTimers();
    }
  });

  test("never takes two samples at the same time", async () => {
    let running = 0;
    const measure = async () => {
      running++;
      await new Promise((resolve) => setImmediate(resolve));
      return { atOnce: running-- };
    };
    const results = await interleave(new Map([0, 1, 2].map((name) => [String(name), measure])), 2);
    expect([...results.values()].flat().every(({ atOnce }) => atOnce === 1)).toBe(true);
  });
});

describe("summarize", () => {
  test("returns the median, the minimum and the maximum", () => {
    expect(summarize(resultsOf({ a: [5, 1, 3] }), "a", "p50")).toEqual({ median: 3, least: 1, most: 5 });
  });

  test("returns undefined for a figure that was not measured", () => {
    expect(summarize(resultsOf({ a: [1] }), "a", "p99")).toBeUndefined();
    expect(summarize(resultsOf({ a: [1] }), "b", "p50")).toBeUndefined();
  });
});

describe("ratio", () => {
  test("is the median of the quotients of each round, not the quotient of the medians", () => {
    expect(ratio(resultsOf({ a: [10, 2, 9], b: [10, 1, 3] }), "a", "b", "p50")).toBe(2);
  });

  test("is undefined if either figure was not measured", () => {
    expect(ratio(resultsOf({ a: [1] }), "a", "absent", "p50")).toBeUndefined();
    expect(ratio(resultsOf({ b: [1] }), "absent", "b", "p50")).toBeUndefined();
  });
});

describe("statistics", () => {
  test("the median of an even number of values is the mean of the middle two", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
    expect(median([])).toBeNaN();
  });

  test("a percentile is the value of the nearest rank", () => {
    const hundred = Float64Array.from({ length: 100 }, (_, i) => i + 1);
    expect([0, 1, 50, 99, 100].map((percent) => percentile(hundred, percent))).toEqual([1, 1, 50, 99, 100]);
    expect(percentile([3], 99)).toBe(3);
  });
});
