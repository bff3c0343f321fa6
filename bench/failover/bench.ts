import type { Comparison } from "../comparison.ts";
import type { Report } from "../load/ledger.ts";
import { interleave, type Measure } from "../rounds.ts";
import { median } from "../statistics.ts";
import type { StartApplication } from "./application.ts";
import { eventComparison, handOverComparison } from "./comparisons.ts";
import { CONTENDERS, NODE_CLUSTER, TWO } from "./contenders.ts";
import { endurance } from "./endurance.ts";
import { EVENTS } from "./events.ts";
import { type Killers, killersComparison } from "./killers.ts";
import { type ProcessTimes, processTimes } from "./process-times.ts";
import { withApplication } from "./with-application.ts";

/** Size of the measurement. */
export interface Amounts {
  readonly rounds: number;
  /** Repetitions of each event per application. Events with `leavesTrouble` happen once. */
  readonly times: number;
  /** Milliseconds after which a request counts as hanging. */
  readonly timeout: number;
  readonly killers: Killers;
}

/** These take about eight minutes. */
const AMOUNTS: Amounts = { rounds: 3, times: 3, timeout: 2_000, killers: { times: 10, interval: 1_000 } };
const CLIENTS = { method: "GET", clients: 16, sequential: true } as const;

type Progress = (text: string) => void;
/** Keeps the report of one event at one contender. */
type Keep = (event: string, contender: string, report: Report) => void;

/**
 * Measures what clients notice when processes are killed, are replaced, fail to start, hang, or crash by a request.
 * `--long`: half a minute of kills instead. `--killers`: only the crashes by a request.
 */
export default async function failover(
  progress: Progress,
  amounts: Amounts = AMOUNTS,
  contenders: ReadonlyMap<string, StartApplication> = CONTENDERS,
): Promise<Comparison[]> {
  if (process.argv.includes("--long")) return endurance(progress);
  const byRequest = await killersComparison(
    amounts.killers,
    new Map([...contenders].filter(([name]) => WITH_KILLERS.has(name))),
    progress,
  );
  if (process.argv.includes("--killers")) return [byRequest];
  const met = new Map(Object.keys(EVENTS).map((event) => [event, new Map<string, Report[]>()]));
  const keep: Keep = (event, contender, report) => {
    const reports = met.get(event);
    reports?.set(contender, [...(reports.get(contender) ?? []), report]);
    progress(`${contender}, ${event}: ${report.failed} failed ${JSON.stringify(report.byKind)}`);
  };
  const alone: ProcessTimes[] = [];
  const measures = new Map<string, Measure>([["process", async () => ({ time: alone.push(await processTimes()) })]]);
  for (const [name, start] of contenders) measures.set(name, sample(name, start, amounts, keep));
  await interleave(measures, amounts.rounds);
  const startUp = Math.round(median(alone.map((times) => times.startUp)));
  const closing = alone.flatMap((times) => times.closing);
  progress(`an xsys worker takes ${startUp} ms to start on an idle machine`);
  const comparisons = [...met].map(([event, reports]) => eventComparison(event, reports, startUp));
  return [...comparisons, handOverComparison(met.get("kill -9") ?? new Map(), closing), byRequest];
}

/** Only contenders with two processes: with one, every crash interrupts the service for the time of a start. */
const WITH_KILLERS: ReadonlySet<string> = new Set([TWO, NODE_CLUSTER]);

/** Runs all events, each with a new application, because earlier events may affect how it handles later ones. */
function sample(name: string, start: StartApplication, { times, timeout }: Amounts, keep: Keep): Measure {
  return async () => {
    for (const [event, { happen, leavesTrouble }] of Object.entries(EVENTS)) {
      await withApplication(start, { ...CLIENTS, timeout }, async (scene) => {
        for (let i = 0; i < (leavesTrouble ? 1 : times); i++) keep(event, name, await happen(scene));
      });
    }
    return {};
  };
}
