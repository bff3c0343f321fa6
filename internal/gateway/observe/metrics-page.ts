import type { Registry } from "prom-client";
import type { Answer } from "../exchange/answer.ts";
import { BUCKETS } from "./metrics.ts";
import type { CountedRequests, GatewaysFigures, StatusSources } from "./status-sources.ts";

interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** If it differs from the metric's name. */
  readonly metricName?: string;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  samples(): readonly Sample[];
}

/**
 * All metrics in the Prometheus text format, including those of this process. prom-client is loaded on the first
 * request.
 */
export function createMetricsPage(sources: StatusSources): () => Promise<Answer> {
  let registry: Promise<Registry> | undefined;
  return async () => {
    registry ??= createRegistry(metricsOf(sources));
    const { contentType } = await registry;
    const body = Buffer.from(await (await registry).metrics());
    return { status: 200, headers: { "content-type": contentType, "cache-control": "no-store" }, body };
  };
}

async function createRegistry(metrics: readonly Metric[]): Promise<Registry> {
  const { collectDefaultMetrics, Registry } = await import("./prometheus.ts");
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { name, help, type, samples } of metrics) {
    // The registry uses only `name` and `get`. prom-client's own classes accept one value at a time, and no finished
    // histogram.
    const metric = { name, get: async () => ({ name, help, type, aggregator: "sum", values: samples() }) };
    registry.registerMetric(metric as unknown as Parameters<Registry["registerMetric"]>[0]);
  }
  return registry;
}

function metricsOf(sources: StatusSources): readonly Metric[] {
  const one = (name: string, type: "counter" | "gauge", help: string, value: () => number): Metric => {
    return { name, type, help, samples: () => [{ value: value() }] };
  };
  return [
    requests(sources.metrics),
    durations(sources.metrics),
    one("xsys_http_requests_in_flight", "gauge", "Requests that are not yet answered.", () => sources.inFlight()),
    one("xsys_http_requests_queued", "gauge", "Requests that wait in the queue or for a worker.", () =>
      sources.queued(),
    ),
    one("xsys_workers_wanted", "gauge", "Workers that should run.", () => sources.workersWanted()),
    one("xsys_workers_ready", "gauge", "Workers that accept requests.", () => sources.workersReady()),
    one("xsys_worker_restarts_total", "counter", "Workers restarted.", () => sources.workerRestarts()),
    {
      name: "xsys_worker_resident_memory_bytes",
      type: "gauge",
      help: "Resident memory of each worker.",
      samples: () =>
        sources
          .workerMemory()
          .flatMap(({ id, memory }) => (memory === undefined ? [] : [{ value: memory, labels: { worker: id } }])),
    },
    ...(sources.gateways === undefined ? [] : gatewayMetrics(sources.gateways)),
  ];
}

function gatewayMetrics(figures: () => GatewaysFigures): readonly Metric[] {
  const each = (key: "connections" | "memory") => () =>
    figures().processes.flatMap(({ id, [key]: value }) =>
      value === undefined ? [] : [{ value, labels: { gateway: id } }],
    );
  return [
    {
      name: "xsys_gateways_ready",
      type: "gauge",
      help: "Gateway processes that accept connections.",
      samples: () => [{ value: figures().ready }],
    },
    {
      name: "xsys_gateway_restarts_total",
      type: "counter",
      help: "Gateway processes restarted.",
      samples: () => [{ value: figures().restarts }],
    },
    {
      name: "xsys_gateway_connections",
      type: "gauge",
      help: "Open connections of clients, by gateway process.",
      samples: each("connections"),
    },
    {
      name: "xsys_gateway_resident_memory_bytes",
      type: "gauge",
      help: "Resident memory of each gateway process.",
      samples: each("memory"),
    },
  ];
}

function requests(metrics: CountedRequests): Metric {
  return {
    name: "xsys_http_requests_total",
    type: "counter",
    help: "Requests answered, by route, method and status.",
    samples: () =>
      metrics.series.map(({ count, route, method, status }) => ({ value: count, labels: { route, method, status } })),
  };
}

function durations(metrics: CountedRequests): Metric {
  const name = "xsys_http_request_duration_seconds";
  return {
    name,
    type: "histogram",
    help: "Time from the head of a request to the end of its answer, by route, method and status.",
    samples: () =>
      metrics.series.flatMap(({ route, method, status, buckets, count, sum }) => {
        const labels = { route, method, status };
        let upTo = 0;
        const samples: Sample[] = Array.from(buckets, (requests, index) => {
          upTo += requests;
          const le = index < BUCKETS.length ? String(BUCKETS[index]) : "+Inf";
          return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: upTo };
        });
        samples.push({ metricName: `${name}_sum`, labels, value: sum });
        samples.push({ metricName: `${name}_count`, labels, value: count });
        return samples;
      }),
  };
}
