import { type Comparison, describe, type Outcome, outcomesOf } from "../comparison.ts";

/** The latest run of a bench, as it is saved. */
export interface Measured {
  readonly date: string;
  readonly machine: string;
  /** The comparisons as they are printed. */
  readonly texts: readonly string[];
  readonly outcomes: readonly Outcome[];
}

export function measuredNow(machine: string, comparisons: readonly Comparison[]): Measured {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine,
    texts: comparisons.map((comparison) => describe(comparison).join("\n")),
    outcomes: comparisons.flatMap(outcomesOf),
  };
}
