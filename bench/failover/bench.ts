import type { Comparison, Goal } from "../comparison.ts";
import type { Report } from "../load/ledger.ts";
import { type Figures, interleave, type Measure } from "../rounds.ts";
import { percentile } from "../statistics.ts";
import type { StartApplication } from "./application.ts";
import { ABSENT, CONTENDERS, NODE_CLUSTER, ONE, STANDBY, TWO } from "./contenders.ts";
import { endurance } from "./endurance.ts";
import { EVENTS } from "./events.ts";
import { workerStartUp } from "./start-up.ts";
import { withApplication } from "./with-application.ts";
import { HANG_SEEN_WITHIN } from "./xsys.ts";

/** How much is measured. */
export interface Amounts {
  readonly rounds: number;
  /** How often each event happens in a round. */
  readonly times: number;
}

/** About five minutes. */
const AMOUNTS: Amounts = { rounds: 4, times: 3 };
const CLIENTS = { method: "GET", clients: 16, sequential: true } as const;
/** Milliseconds that a failover may add to what cannot be avoided. */
const ALLOWANCE = 20;

type Progress = (text: string) => void;
/** What each contender's clients met with, by event. */
type Met = ReadonlyMap<string, ReadonlyMap<string, Report[]>>;

/** What clients notice when processes of an application end, are replaced, do not start or hang. `--long`: for half a minute. */
export default async function failover(
  progress: Progress,
  amounts: Amounts = AMOUNTS,
  contenders: ReadonlyMap<string, StartApplication> = CONTENDERS,
): Promise<Comparison[]> {
  if (process.argv.includes("--long")) return endurance(progress);
  const startUp = Math.round(await workerStartUp());
  progress(`a worker of ours takes ${startUp} ms to start by itself`);
  const met: Met = new Map(
    Object.keys(EVENTS).map((event) => [event, new Map([...contenders.keys()].map((name) => [name, []]))]),
  );
  const measures = [...contenders].map(([name, start]): [string, Measure] => [
    name,
    sample(name, start, amounts, met, progress),
  ]);
  await interleave(new Map(measures), amounts.rounds);
  return [...[...met.keys()].map((event) => eventComparison(event, met, startUp)), handOver(met)];
}

function sample(name: string, start: StartApplication, { times }: Amounts, met: Met, progress: Progress): Measure {
  return () =>
    withApplication(start, CLIENTS, async (scene) => {
      for (const [event, happen] of Object.entries(EVENTS)) {
        for (let i = 0; i < times; i++) {
          const report = await happen(scene);
          met.get(event)?.get(name)?.push(report);
          progress(`${name}: ${event}: ${report.failed} failed ${JSON.stringify(report.byKind)}`);
        }
      }
      return {};
    });
}

function eventComparison(event: string, met: Met, startUp: number): Comparison {
  const reports = met.get(event) ?? new Map<string, Report[]>();
  return {
    title: `${event}: ${CLIENTS.clients} keep-alive clients and a sequential one, for each event`,
    figures: [{ name: "failed" }, { name: "longest gap", unit: "ms" }, { name: "slowest answer", unit: "ms" }],
    reference: { contender: NODE_CLUSTER, figure: "longest gap" },
    goals: [ONE, STANDBY, TWO].flatMap((of) => goalsOf(of, event, startUp)),
    results: new Map([...reports].map(([name, all]) => [name, all.map(figuresOf)])),
    absent: ABSENT,
  };
}

function figuresOf({ failed, longestGap, slowest }: Report): Figures {
  return { failed, "longest gap": longestGap, "slowest answer": slowest };
}

/** A gap is as long as seeing that a worker is lost takes, and starting another where none is there. */
function goalsOf(of: string, event: string, startUp: number): Goal[] {
  const starts = of !== ONE || event === "reload" ? 0 : startUp;
  const seen = event === "hang" ? HANG_SEEN_WITHIN : 0;
  const failed = { of, figure: "failed", atMost: 0 };
  // How long starts that fail go on is up to the application.
  if (of === ONE && event === "crash at start") return [failed];
  return [failed, { of, figure: "longest gap", atMost: seen + starts + ALLOWANCE }];
}

/** From a kill to each client's first answer by another process: that of all events together. */
function handOver(met: Met): Comparison {
  const reports = met.get("kill -9") ?? new Map<string, Report[]>();
  const figures = (all: readonly Report[]): Figures => {
    const sorted = Float64Array.from(all.flatMap(({ failover }) => failover)).sort();
    return { p50: percentile(sorted, 50), p99: percentile(sorted, 99) };
  };
  return {
    title: "from kill -9 to a client's first answer by another process",
    figures: [
      { name: "p50", unit: "ms" },
      { name: "p99", unit: "ms" },
    ],
    reference: { contender: NODE_CLUSTER, figure: "p99" },
    goals: [STANDBY, TWO].map((of) => ({ of, figure: "p99", atMost: ALLOWANCE })),
    results: new Map([...reports].map(([name, all]) => [name, [figures(all)]])),
    absent: ABSENT,
  };
}
