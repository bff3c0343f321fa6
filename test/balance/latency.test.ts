import { expect, test } from "vitest";
import { Latency } from "../../internal/balance/latency.ts";

test("the latency is undefined before the first response, and then that of the first response", () => {
  const latency = new Latency();
  expect(latency.value).toBeUndefined();
  latency.record(40);
  expect(latency.value).toBe(40);
});

test("the latency is a moving average in which each response has a weight of 1/8", () => {
  const latency = new Latency();
  latency.record(40);
  latency.record(80);
  expect(latency.value).toBe(45);
  for (let i = 0; i < 100; i += 1) latency.record(10);
  expect(latency.value).toBeCloseTo(10, 3);
});
