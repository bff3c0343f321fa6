import { type Comparison, describe, outcomesOf } from "../comparison.ts";

/** How a goal came out: our figure beside the peer's, or by itself. */
export interface Outcome {
  /** Such as "requests/s ÷ nginx". */
  readonly what: string;
  readonly value: number;
  readonly atMost?: number;
  readonly atLeast?: number;
}

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
