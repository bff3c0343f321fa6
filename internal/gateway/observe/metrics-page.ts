import type { Registry } from "prom-client";
import type { Answer } from "../exchange/answer.ts";
import { BUCKETS, type Metrics } from "./metrics.ts";
import type { StatusSources } from "./status-sources.ts";

interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** Where it is another than the metric's. */
  readonly metricName?: string;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  samples(): readonly Sample[];
}

/** All figures in the text format of Prometheus, this process's own among them. prom-client is loaded by the first look. */
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
    // What it wants of a metric is its name and this: its own classes take one value at a time, and no finished histogram.
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
    one("xsys_http_requests_in_flight", "gauge", "Requests not answered yet.", () => sources.inFlight()),
    one("xsys_http_requests_queued", "gauge", "Requests that wait for their turn or for a worker.", () =>
      sources.queued(),
    ),
    one("xsys_workers_wanted", "gauge", "Workers that are to be there.", () => sources.workersWanted()),
    one("xsys_workers_ready", "gauge", "Workers that take requests.", () => sources.workersReady()),
    one("xsys_worker_restarts_total", "counter", "Workers started in another's place.", () => sources.workerRestarts()),
    {
      name: "xsys_worker_resident_memory_bytes",
      type: "gauge",
      help: "Resident memory of each worker.",
      samples: () =>
        sources
          .workerMemory()
          .flatMap(({ id, memory }) => (memory === undefined ? [] : [{ value: memory, labels: { worker: id } }])),
    },
  ];
}

function requests(metrics: Metrics): Metric {
  return {
    name: "xsys_http_requests_total",
    type: "counter",
    help: "Requests answered, by route, method and status.",
    samples: () =>
      metrics.series.map(({ count, route, method, status }) => ({ value: count, labels: { route, method, status } })),
  };
}

function durations(metrics: Metrics): Metric {
  const name = "xsys_http_request_duration_seconds";
  return {
    name,
    type: "histogram",
    help: "Time from a request's head to the end of its answer, by route, method and status.",
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
