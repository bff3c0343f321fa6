import { describe, expect, test } from "vitest";
import { createQuality } from "../../../internal/gateway/limits/quality.ts";
import { fakeExchange } from "../fake-exchange.ts";
import { fakeLog } from "../fake-log.ts";

const MEGABYTE = 1_000_000;

function observed(rejectPoor: boolean) {
  const { log, lines } = fakeLog();
  const quality = createQuality({ rejectPoor, minBandwidth: MEGABYTE, maxLatency: 100 }, log);
  return {
    lines,
    see: (times: number, milliseconds: number, bytes: number) => {
      for (let each = 0; each < times; each++) quality.observe(milliseconds, bytes);
    },
    refusals: (requests: number) =>
      Array.from({ length: requests }, () => quality.gate(fakeExchange())).filter((answer) => answer !== undefined),
  };
}

describe("the network quality", () => {
  test("is the average of a hundred requests, and each change is logged once", () => {
    const { see, lines } = observed(false);
    see(99, 500, 0);
    expect(lines).toEqual([]);
    see(1, 500, 0);
    expect(lines).toEqual([{ level: "warn", latency: 500, bandwidth: 0, msg: "network quality is poor" }]);
    see(79, 0, 0);
    expect(lines).toHaveLength(1);
    see(2, 0, 0);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatchObject({ level: "info", msg: "network quality is good again" });
  });

  test("is poor at low bandwidth, which is not measured with small responses", () => {
    const { see, lines } = observed(false);
    see(200, 50, 100);
    expect(lines).toEqual([]);
    see(100, 50, 20_000);
    expect(lines).toEqual([expect.objectContaining({ level: "warn", latency: 50, bandwidth: 400_000 })]);
  });

  test("refuses no request unless that is enabled", () => {
    const { see, refusals } = observed(false);
    see(100, 500, 0);
    expect(refusals(20)).toEqual([]);
  });

  test("refuses requests with 503 while it is poor, except one in ten to measure it again", () => {
    const { see, refusals } = observed(true);
    expect(refusals(20)).toEqual([]);
    see(100, 500, 0);
    expect(refusals(20)).toHaveLength(18);
    expect(refusals(1)).toEqual([expect.objectContaining({ status: 503 })]);
    see(100, 1, 0);
    expect(refusals(20)).toEqual([]);
  });
});
