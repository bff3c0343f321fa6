import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Answer } from "../../../internal/gateway/exchange/answer.ts";
import { Metrics } from "../../../internal/gateway/observe/metrics.ts";
import { createPages, createStatusPages } from "../../../internal/gateway/observe/status-pages.ts";
import { fakeExchange } from "../fake-exchange.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function pages(workers: { wanted?: number; ready?: number } = {}) {
  const metrics = new Metrics();
  const page = createStatusPages(
    createPages({
      metrics,
      inFlight: () => 8,
      queued: () => 2,
      limits: { maxConcurrentRequests: 5, maxPerIp: 3, maxQueueSize: 0, queueTimeout: 10_000 },
      workersWanted: () => workers.wanted ?? 0,
      workersReady: () => workers.ready ?? 0,
      workerStates: () => ({ ready: 1, "backing-off": 1 }),
      workerRestarts: () => 5,
      workerMemory: () => [],
    }),
  );
  const ask = async (url: string, method = "GET") => (await page(fakeExchange({ url, method }))) as Answer | undefined;
  const json = async (url: string) => JSON.parse(String((await ask(url))?.body));
  return { metrics, ask, json };
}

test("the status has the uptime and the numbers of requests", async () => {
  const { metrics, json, ask } = pages({ wanted: 2, ready: 1 });
  for (const status of [200, 404, 500, 503]) metrics.record("/", "GET", status, 0.1);
  vi.advanceTimersByTime(61_900);
  expect(await json("/_xypriss/b/status?x")).toEqual({
    status: "online",
    service: "xsys",
    uptime_seconds: 61,
    ipc_enabled: true,
    requests_total: 4,
    errors_total: 2,
    requests_in_flight: 8,
    concurrency: {
      in_flight: 5,
      queued: 2,
      limits: { max_concurrent_requests: 5, max_per_ip: 3, max_queue_size: 0, queue_timeout_ms: 10_000 },
    },
    workers: { wanted: 2, ready: 1, restarts: 5, states: { ready: 1, "backing-off": 1 } },
  });
  expect((await ask("/_xypriss/b/status"))?.headers).toMatchObject({ "cache-control": "no-store" });
});

test.each([
  [{ wanted: 2, ready: 1 }, 200, "healthy"],
  [{ wanted: 2, ready: 0 }, 503, "unhealthy"],
  [{ wanted: 0, ready: 0 }, 200, "healthy"],
])("with workers %o the health check gives %i %s", async (workers, status, word) => {
  const { ask, json } = pages(workers);
  expect((await ask("/_xypriss/b/health"))?.status).toBe(status);
  expect(await json("/_xypriss/b/health")).toEqual({ status: word });
});

test.each(["/", "/health", "/metrics", "/_xypriss/b", "/_xypriss/b/", "/_xypriss/b/toString", "/_xypriss/b/status/x"])(
  "%s is left to the application",
  async (url) => {
    expect(await pages().ask(url)).toBeUndefined();
  },
);

test("the pages accept only GET and HEAD", async () => {
  const { ask } = pages();
  expect(await ask("/_xypriss/b/status", "HEAD")).toMatchObject({ status: 200 });
  expect(await ask("/_xypriss/b/status", "POST")).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
});
