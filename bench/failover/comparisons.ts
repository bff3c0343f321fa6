import type { Comparison, Goal } from "../comparison.ts";
import type { Report } from "../load/ledger.ts";
import type { Figures } from "../rounds.ts";
import { percentile } from "../statistics.ts";
import { ABSENT, NODE_CLUSTER, ONE, STANDBY, TWO, WARMED } from "./contenders.ts";
import { NOTHING } from "./events.ts";
import { HANG_SEEN_WITHIN } from "./xsys.ts";

/** Reports by contender, one per repetition. */
type Reports = ReadonlyMap<string, readonly Report[]>;

/** Milliseconds that a failover may take in addition to the unavoidable time. */
const ALLOWANCE = 20;

/** Comparison of an event as clients see it. `startUp`: start time of an xsys worker in milliseconds. */
export function eventComparison(event: string, reports: Reports, startUp: number): Comparison {
  return {
    title: `${event}: seen by 16 keep-alive clients and a sequential one, per event`,
    figures: [{ name: "failed" }, { name: "longest gap", unit: "ms" }, { name: "slowest answer", unit: "ms" }],
    reference: { contender: NODE_CLUSTER, figure: "longest gap" },
    goals: [ONE, STANDBY, WARMED, TWO].flatMap((of) => goalsOf(of, event, startUp)),
    results: new Map([...reports].map(([name, all]) => [name, all.map(figuresOf)])),
    absent: ABSENT,
  };
}

const CLOSING = "a killed worker's connection closes";

/**
 * Times from a kill until each client was answered by another process. `closing`: times until the kernel closes the
 * connection of a killed worker, which is when a gateway learns of it.
 */
export function handOverComparison(reports: Reports, closing: readonly number[]): Comparison {
  return {
    title: "from kill -9 to a client's first answer by another process: all clients, all kills",
    figures: ["p50", "p99"].map((name) => ({ name, unit: "ms" })),
    reference: { contender: NODE_CLUSTER, figure: "p99" },
    goals: [WARMED, TWO].map((of) => ({ of, figure: "p99", atMost: ALLOWANCE })),
    results: new Map([
      [CLOSING, [percentiles(closing)]],
      ...[...reports].map(([name, all]) => [name, [percentiles(all.flatMap(({ failover }) => failover))]] as const),
    ]),
    absent: ABSENT,
  };
}

function figuresOf({ failed, longestGap, slowest }: Report): Figures {
  return { failed, "longest gap": longestGap, "slowest answer": slowest };
}

function percentiles(times: readonly number[]): Figures {
  const sorted = Float64Array.from(times).sort();
  return { p50: percentile(sorted, 50), p99: percentile(sorted, 99) };
}

/** The unavoidable gap is the time to detect a lost worker, plus the start of a new one when no other is running. */
function goalsOf(of: string, event: string, startUp: number): Goal[] {
  const none = { of, figure: "failed", atMost: 0 };
  if (event === NOTHING) return [none];
  // With one worker, the gap depends on how long the starts fail, which the supervisor cannot influence.
  if (of === ONE && event === "crash at start") return [none];
  const starts = of === ONE && event !== "reload" ? startUp : 0;
  const seen = event === "hang" ? HANG_SEEN_WITHIN : 0;
  return [none, { of, figure: "longest gap", atMost: seen + starts + ALLOWANCE }];
}
