import type { Comparison, Goal } from "../comparison.ts";
import type { Report } from "../load/ledger.ts";
import { killEvery, latestFailure, unexpected } from "../load/ordeal.ts";
import { type Figures, interleave, type Measure } from "../rounds.ts";
import type { StartApplication } from "./application.ts";
import { ABSENT, LASTING } from "./contenders.ts";
import { type Scene, settled } from "./events.ts";
import { withApplication } from "./with-application.ts";

const CLIENTS = 32;
/** Milliseconds after which a request counts as hanging. */
const TIMEOUT = 2_000;
const KILL_INTERVAL = 300;
const KILLS = 100;
const RESTARTS = 5;
/** A request lost by a kill must be answered within this many milliseconds after the kill. */
const PROMPT = 100;

type Method = "GET" | "POST";

/** Half a minute of kills, and rolling restarts, under load from 32 connections. Takes about five minutes. */
export async function endurance(progress: (text: string) => void): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const method of ["GET", "POST"] as const) {
    progress(`${method}: kill -9 of a random process every ${KILL_INTERVAL} ms, ${KILLS} times`);
    comparisons.push(await compare(`${method}, ${KILLS} kills`, method, killed, progress));
    progress(`${method}: ${RESTARTS} rolling restarts`);
    comparisons.push(await compare(`${method}, ${RESTARTS} rolling restarts`, method, restarted, progress));
  }
  return comparisons;
}

type Ordeal = (scene: Scene) => Promise<Report>;

async function compare(
  title: string,
  method: Method,
  ordeal: Ordeal,
  progress: (text: string) => void,
): Promise<Comparison> {
  const measure = (name: string, start: StartApplication): Measure => {
    return () =>
      withApplication(start, { method, clients: CLIENTS, sequential: false, timeout: TIMEOUT }, async (scene) => {
        const report = await ordeal(scene);
        progress(`${name}: ${report.answered} answered, ${report.failed} failed ${JSON.stringify(report.byKind)}`);
        return figuresOf(report);
      });
  };
  const results = await interleave(new Map([...LASTING].map(([name, start]) => [name, measure(name, start)])), 1);
  return {
    title: `${title} under ${CLIENTS} keep-alive connections`,
    figures: ["failed", "not a 502", "after the kill, ms", "longest gap, ms", "slowest answer, ms"].map((name) => ({
      name,
    })),
    reference: { contender: "node:cluster × 3", figure: "failed" },
    goals: title.includes("kill") ? killGoals(method) : [{ figure: "failed", atMost: 0 }],
    results,
    absent: ABSENT,
  };
}

function killed({ load, application }: Scene): Promise<Report> {
  return killEvery(load, KILL_INTERVAL, { times: KILLS, processes: application.workers });
}

async function restarted(scene: Scene): Promise<Report> {
  await scene.load.take();
  for (let i = 0; i < RESTARTS; i++) {
    const { answering } = await scene.load.look();
    await scene.application.reload();
    await settled(scene, answering);
  }
  return scene.load.take();
}

function figuresOf(report: Report): Figures {
  return {
    failed: report.failed,
    "not a 502": unexpected(report),
    "after the kill, ms": latestFailure(report),
    "longest gap, ms": report.longestGap,
    "slowest answer, ms": report.slowest,
  };
}

function killGoals(method: Method): Goal[] {
  if (method === "GET") return [{ figure: "failed", atMost: 0 }];
  return [
    { figure: "not a 502", atMost: 0 },
    { figure: "after the kill, ms", atMost: PROMPT },
  ];
}
