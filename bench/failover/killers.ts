import { get } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Comparison } from "../comparison.ts";
import type { Report } from "../load/ledger.ts";
import { type Figures, interleave, type Measure } from "../rounds.ts";
import type { Application, StartApplication } from "./application.ts";
import { ABSENT, NODE_CLUSTER, TWO } from "./contenders.ts";
import { CRASH } from "./crash-path.ts";
import { settled } from "./events.ts";
import { withApplication } from "./with-application.ts";

/** Requests that end the process that handles them. */
export interface Killers {
  readonly times: number;
  /** Milliseconds between two of them. */
  readonly interval: number;
}

/** Report of the other requests meanwhile. */
export interface KillersReport extends Report {
  /** Number of processes that crashed. Absent when the supervisor does not report it. */
  readonly deaths?: number;
}

/** Milliseconds after which a request counts as hanging. The same as xsys's default wait for a worker. */
const TIMEOUT = 10_000;
const CLIENTS = { method: "GET", clients: 16, sequential: true } as const;

/** Sends normal requests without a pause and, at the same time, one request after the other that ends its worker. */
export async function killers(start: StartApplication, { times, interval }: Killers): Promise<KillersReport> {
  return await withApplication(start, { ...CLIENTS, timeout: TIMEOUT }, async (scene) => {
    const { application, load } = scene;
    await load.take();
    const before = await application.deaths?.();
    for (let i = 0; i < times; i++) {
      await Promise.all([sendKiller(application), pause(interval)]);
    }
    await settled(scene);
    const report = await load.take();
    const after = await application.deaths?.();
    return { ...report, ...(after !== undefined && { deaths: after - (before ?? 0) }) };
  });
}

/** Resolves when the request was answered, with any status, or its connection was closed. */
function sendKiller({ port }: Application): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const request = get({ host: "127.0.0.1", port, path: CRASH, agent: false }, (response) => {
    response.resume().on("close", resolve);
  });
  request.on("error", () => resolve());
  return promise;
}

export async function killersComparison(
  amounts: Killers,
  contenders: ReadonlyMap<string, StartApplication>,
  progress: (text: string) => void,
): Promise<Comparison> {
  const measure =
    (name: string, start: StartApplication): Measure =>
    async () => {
      const report = await killers(start, amounts);
      progress(
        `${name}, killers: ${report.answered} answered, ${report.failed} failed ${JSON.stringify(report.byKind)}`,
      );
      return figuresOf(report);
    };
  const measures = [...contenders].map(([name, start]): [string, Measure] => [name, measure(name, start)]);
  return {
    title: `a GET that ends its worker every ${amounts.interval} ms, ${amounts.times} times: seen by the other clients`,
    figures: [
      { name: "answered" },
      { name: "failed" },
      { name: "deaths" },
      { name: "p99", unit: "ms" },
      { name: "longest gap", unit: "ms" },
    ],
    reference: { contender: NODE_CLUSTER, figure: "p99" },
    goals: [{ of: TWO, figure: "failed", atMost: 0 }],
    results: await interleave(new Map(measures), 1),
    absent: ABSENT,
  };
}

function figuresOf({ answered, failed, deaths, p99, longestGap }: KillersReport): Figures {
  return { answered, failed, ...(deaths !== undefined && { deaths }), p99, "longest gap": longestGap };
}
