import { type Comparison, describe, type Outcome, outcomesOf } from "../comparison.ts";

/** One bench's last run, as it is kept. */
export interface Measured {
  readonly date: string;
  readonly machine: string;
  /** The comparisons as the terminal has them. */
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
