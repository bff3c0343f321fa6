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
import { workerStartUp } from "./start-up.ts";
import { withApplication } from "./with-application.ts";

/** How much is measured. */
export interface Amounts {
  readonly rounds: number;
  /** How often an event happens to an application: those that no trouble is left of. */
  readonly times: number;
  /** Milliseconds after which a request counts as hanging. */
  readonly patience: number;
  readonly killers: Killers;
}

/** About eight minutes. */
const AMOUNTS: Amounts = { rounds: 3, times: 3, patience: 2_000, killers: { times: 10, interval: 1_000 } };
const CLIENTS = { method: "GET", clients: 16, sequential: true } as const;

type Progress = (text: string) => void;
/** What a contender's clients met with, at each time that something happened. */
type Keep = (event: string, contender: string, report: Report) => void;

/**
 * What clients notice when processes end, are replaced, do not start or hang, or are ended by a request. `--long`: half a
 * minute of kills instead; `--killers`: the last of these alone.
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
  const startUps: number[] = [];
  const measures = new Map<string, Measure>([
    ["start-up", async () => ({ time: startUps.push(await workerStartUp()) })],
  ]);
  for (const [name, start] of contenders) measures.set(name, sample(name, start, amounts, keep));
  await interleave(measures, amounts.rounds);
  const startUp = Math.round(median(startUps));
  progress(`a worker of ours took ${startUp} ms to start with nothing else to do`);
  const comparisons = [...met].map(([event, reports]) => eventComparison(event, reports, startUp));
  return [...comparisons, handOverComparison(met.get("kill -9") ?? new Map()), byRequest];
}

/** One process cannot be had back in less time than it takes to start. */
const WITH_KILLERS: ReadonlySet<string> = new Set([TWO, NODE_CLUSTER]);

/** All events, each to an application of its own: what one has been through may count in how it takes the next. */
function sample(name: string, start: StartApplication, { times, patience }: Amounts, keep: Keep): Measure {
  return async () => {
    for (const [event, { happen, leavesTrouble }] of Object.entries(EVENTS)) {
      await withApplication(start, { ...CLIENTS, patience }, async (scene) => {
        for (let i = 0; i < (leavesTrouble ? 1 : times); i++) keep(event, name, await happen(scene));
      });
    }
    return {};
  };
}
