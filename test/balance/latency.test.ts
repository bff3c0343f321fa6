import { expect, test } from "vitest";
import { Latency } from "../../internal/balance/latency.ts";

test("a latency is none before the first answer, and the first one's then", () => {
  const latency = new Latency();
  expect(latency.value).toBeUndefined();
  latency.record(40);
  expect(latency.value).toBe(40);
});

test("a latency follows what answers take by an eighth each", () => {
  const latency = new Latency();
  latency.record(40);
  latency.record(80);
  expect(latency.value).toBe(45);
  for (let i = 0; i < 100; i += 1) latency.record(10);
  expect(latency.value).toBeCloseTo(10, 3);
});
