import prometheus from "prom-client";
import { describe, expect, test } from "vitest";
import type { Answer } from "../../../internal/gateway/exchange/answer.ts";
import { BUCKETS, Metrics } from "../../../internal/gateway/observe/metrics.ts";
import { createPages, createStatusPages } from "../../../internal/gateway/observe/status-pages.ts";
import { fakeExchange } from "../fake-exchange.ts";

/** The lines of the metrics page. */
async function linesOf(metrics: Metrics): Promise<string[]> {
  const page = createStatusPages(
    createPages({
      metrics,
      inFlight: () => 3,
      queued: () => 1,
      limits: { maxConcurrentRequests: 0, maxPerIp: 0, maxQueueSize: 0, queueTimeout: 0 },
      workersWanted: () => 4,
      workersReady: () => 2,
      workerStates: () => ({}),
      workerRestarts: () => 7,
      workerMemory: () => [{ id: "0", memory: 1_000 }, { id: "1" }],
    }),
  );
  const answer = (await page(fakeExchange({ url: "/_xypriss/b/metrics" }))) as Answer;
  expect(answer).toMatchObject({
    status: 200,
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
  });
  return (answer.body as Buffer).toString().split("\n");
}

const about = (lines: readonly string[], name: string) => lines.filter((line) => line.startsWith(name)).toSorted();

describe("request metrics", () => {
  test("have the values that prom-client would have counted", async () => {
    const labelNames = ["route", "method", "status"] as const;
    const registers = [new prometheus.Registry()];
    const counter = new prometheus.Counter({ name: "xsys_http_requests_total", help: "x", labelNames, registers });
    const histogram = new prometheus.Histogram({
      name: "xsys_http_request_duration_seconds",
      help: "x",
      labelNames,
      registers,
      buckets: BUCKETS,
    });
    const metrics = new Metrics();
    const routes = ["/", '/with "quotes"\\', "/users/:id"];
    for (let index = 0; index < 500; index++) {
      const [route, method] = [routes[index % 3] as string, index % 2 === 0 ? "GET" : "POST"];
      const [status, seconds] = [200 + (index % 7), index < 20 ? (BUCKETS[index] ?? 99) : index / 8];
      metrics.record(route, method, status, seconds);
      counter.inc({ route, method, status });
      histogram.observe({ route, method, status }, seconds);
    }
    const [ours, theirs] = [await linesOf(metrics), (await registers[0]?.metrics())?.split("\n") ?? []];
    expect(about(theirs, "xsys_http_request").length).toBeGreaterThan(500);
    const sorted = (lines: readonly string[]) =>
      about(lines, "xsys_http_request").map((line) => {
        const [, name, labels = "", value] = /^([^{ ]+)(?:\{(.*)\})? (.*)$/.exec(line) ?? [];
        return { name, labels: labels.split(/,(?=\w+=")/).toSorted(), value: Number(value).toPrecision(12) };
      });
    const known = (lines: readonly string[]) =>
      sorted(lines.filter((line) => !/in_flight|queued/.test(line)))
        .map((line) => JSON.stringify(line))
        .toSorted();
    expect(known(ours)).toEqual(known(theirs));
  });

  test("have a limited number of series, whatever clients request", async () => {
    const metrics = new Metrics();
    for (let index = 0; index < 10_000; index++) metrics.record("(worker)", `METHOD${index}`, 200, 0.1);
    expect(metrics.series).toMatchObject([{ route: "(worker)", method: "other", status: "200", count: 10_000 }]);
    for (let index = 0; index < 10_000; index++) metrics.record(`/route/${index}`, "GET", index % 2 ? 200 : 503, 0.1);
    expect(metrics.series.length).toBeLessThan(2_010);
    expect(metrics.series.slice(-2)).toMatchObject([
      { route: "other", method: "other", status: "2xx" },
      { route: "other", method: "other", status: "5xx" },
    ]);
    expect(metrics.series.reduce((sum, { count }) => sum + count, 0)).toBe(20_000);
    expect([metrics.total, metrics.failed]).toEqual([20_000, 5_000]);
  });
});

test("the page has the metrics of the gateway, the workers and the process", async () => {
  const lines = await linesOf(new Metrics());
  for (const line of [
    "xsys_http_requests_in_flight 3",
    "xsys_http_requests_queued 1",
    "xsys_workers_wanted 4",
    "xsys_workers_ready 2",
    "xsys_worker_restarts_total 7",
    'xsys_worker_resident_memory_bytes{worker="0"} 1000',
    "# TYPE xsys_http_request_duration_seconds histogram",
    "# TYPE xsys_http_requests_total counter",
  ]) {
    expect(lines).toContain(line);
  }
  expect(about(lines, "xsys_worker_resident")).toHaveLength(1);
  expect(about(lines, "process_cpu_seconds_total ")).toHaveLength(1);
  expect(about(lines, "nodejs_eventloop_lag_seconds ")).toHaveLength(1);
});
