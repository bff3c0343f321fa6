import type { Comparison, Goal } from "../comparison.ts";
import type { Report } from "../load/ledger.ts";
import type { Figures } from "../rounds.ts";
import { percentile } from "../statistics.ts";
import { ABSENT, NODE_CLUSTER, ONE, STANDBY, TWO } from "./contenders.ts";
import { NOTHING } from "./events.ts";
import { HANG_SEEN_WITHIN } from "./xsys.ts";

/** Reports by contender, one for each time. */
type Reports = ReadonlyMap<string, readonly Report[]>;

/** Milliseconds that a failover may add to what cannot be avoided. */
const ALLOWANCE = 20;

/** What clients met with at an event. `startUp`: milliseconds that a worker of ours takes to start. */
export function eventComparison(event: string, reports: Reports, startUp: number): Comparison {
  return {
    title: `${event}: what 16 keep-alive clients and a sequential one met with each time`,
    figures: [{ name: "failed" }, { name: "longest gap", unit: "ms" }, { name: "slowest answer", unit: "ms" }],
    reference: { contender: NODE_CLUSTER, figure: "longest gap" },
    goals: [ONE, STANDBY, TWO].flatMap((of) => goalsOf(of, event, startUp)),
    results: new Map([...reports].map(([name, all]) => [name, all.map(figuresOf)])),
    absent: ABSENT,
  };
}

/** How long it took after a kill until each client was answered by another process. */
export function handOverComparison(reports: Reports): Comparison {
  return {
    title: "from kill -9 to a client's first answer by another process: all clients, all times",
    figures: ["p50", "p99"].map((name) => ({ name, unit: "ms" })),
    reference: { contender: NODE_CLUSTER, figure: "p99" },
    goals: [STANDBY, TWO].map((of) => ({ of, figure: "p99", atMost: ALLOWANCE })),
    results: new Map([...reports].map(([name, all]) => [name, [handOver(all)]])),
    absent: ABSENT,
  };
}

function figuresOf({ failed, longestGap, slowest }: Report): Figures {
  return { failed, "longest gap": longestGap, "slowest answer": slowest };
}

function handOver(reports: readonly Report[]): Figures {
  const sorted = Float64Array.from(reports.flatMap(({ failover }) => failover)).sort();
  return { p50: percentile(sorted, 50), p99: percentile(sorted, 99) };
}

/** A gap is as long as it takes to see that a worker is lost, and to start another where none is there. */
function goalsOf(of: string, event: string, startUp: number): Goal[] {
  const none = { of, figure: "failed", atMost: 0 };
  if (event === NOTHING) return [none];
  // How long it goes on that starts fail is not up to whoever starts.
  if (of === ONE && event === "crash at start") return [none];
  const starts = of === ONE && event !== "reload" ? startUp : 0;
  const seen = event === "hang" ? HANG_SEEN_WITHIN : 0;
  return [none, { of, figure: "longest gap", atMost: seen + starts + ALLOWANCE }];
}
