import { type Answer, errorAnswer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { createMetricsPage } from "./metrics-page.ts";
import type { StatusSources } from "./status-sources.ts";

export type StatusPages = (exchange: Exchange) => Answer | Promise<Answer> | undefined;

const RESERVED = "/_xypriss/b/";

/** The pages by name. */
export type Pages = Readonly<Record<PageName, () => Answer | Promise<Answer>>>;

export const PAGE_NAMES = ["status", "health", "metrics"] as const;
export type PageName = (typeof PAGE_NAMES)[number];

/** The pages with the values of the sources. */
export function createPages(sources: StatusSources): Pages {
  const startedAt = performance.now();
  return {
    status: () => statusPage(sources, (performance.now() - startedAt) / 1000),
    health: () => healthPage(sources),
    metrics: createMetricsPage(sources),
  };
}

/** Answers /_xypriss/b/status, /_xypriss/b/health and /_xypriss/b/metrics; undefined for any other path. */
export function createStatusPages(pages: Pages): StatusPages {
  return ({ path, method }) => {
    if (!path.startsWith(RESERVED)) return undefined;
    const name = path.slice(RESERVED.length);
    const page = Object.hasOwn(pages, name) ? pages[name as PageName] : undefined;
    if (page === undefined || method === "GET" || method === "HEAD") return page?.();
    return errorAnswer(405, "Method Not Allowed", { allow: "GET, HEAD" });
  };
}

function statusPage(sources: StatusSources, uptime: number): Answer {
  return jsonAnswer(200, {
    status: "online",
    service: "xsys",
    uptime_seconds: Math.floor(uptime),
    ipc_enabled: true,
    requests_total: sources.metrics.total,
    errors_total: sources.metrics.failed,
    requests_in_flight: sources.inFlight(),
    concurrency: concurrency(sources),
    workers: {
      wanted: sources.workersWanted(),
      ready: sources.workersReady(),
      restarts: sources.workerRestarts(),
      states: sources.workerStates(),
    },
    ...(sources.gateways !== undefined && { gateways: sources.gateways() }),
  });
}

/** The request for this page is not counted as in flight. */
function concurrency({ inFlight, queued, limits }: StatusSources): object {
  return {
    in_flight: Math.max(0, inFlight() - queued() - 1),
    queued: queued(),
    limits: {
      max_concurrent_requests: limits.maxConcurrentRequests,
      max_per_ip: limits.maxPerIp,
      max_queue_size: limits.maxQueueSize,
      queue_timeout_ms: limits.queueTimeout,
    },
  };
}

/** Unhealthy means that workers are wanted and none is ready. */
function healthPage(sources: StatusSources): Answer {
  const isHealthy = sources.workersWanted() === 0 || sources.workersReady() > 0;
  return isHealthy ? jsonAnswer(200, { status: "healthy" }) : jsonAnswer(503, { status: "unhealthy" });
}

function jsonAnswer(status: number, value: unknown): Answer {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
    body: Buffer.from(JSON.stringify(value)),
  };
}
