import { type Results, ratio, summarize } from "./rounds.ts";
import { table, threeFigures } from "./table.ts";

/** A kind of work that contenders are compared in: what was measured, beside whom, and what is to be reached. */
export interface Comparison {
  readonly title: string;
  readonly figures: readonly Figure[];
  /** The contender beside which the table sets all the others, and the figure it does so in. */
  readonly reference: { readonly contender: string; readonly figure: string };
  readonly goals: readonly Goal[];
  readonly results: Results;
  /** Contenders whose package is not installed. */
  readonly absent: readonly string[];
}

export interface Figure {
  readonly name: string;
  /** Where the name does not say it. */
  readonly unit?: string;
}

/** Our figure is to be at most, or at least, so many times the contender's; without a contender, so much. */
export interface Goal {
  /** Where more than one contender is ours: whose figure. */
  readonly of?: string;
  readonly figure: string;
  readonly contender?: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** How a goal came out: our figure beside the peer's, or by itself. */
export interface Outcome {
  /** Such as "requests/s ÷ nginx". */
  readonly what: string;
  readonly value: number;
  readonly atMost?: number;
  readonly atLeast?: number;
}

export const OURS = "xsys";

/** The comparison as lines of text: a table, then a line for each goal. */
export function describe(comparison: Comparison): string[] {
  const { title, figures, reference, goals, results, absent } = comparison;
  const headings = [
    "",
    ...figures.flatMap(({ name, unit }) => [unit === undefined ? name : `${name}, ${unit}`, "min–max"]),
    `× ${reference.contender}`,
  ];
  const rows = [...results.keys()].map((contender) => rowOf(contender, comparison));
  return [
    title,
    ...table(headings, [...rows, ...absent.map((contender) => [contender, "absent"])]),
    ...goals.map((goal) => goalLine(goal, results)),
  ];
}

/** How each goal came out, of those that were measured. */
export function outcomesOf({ goals, results }: Comparison): Outcome[] {
  return goals.flatMap((goal) => {
    const value = reached(goal, results);
    if (value === undefined) return [];
    const { of = OURS, figure, contender, atMost, atLeast } = goal;
    const what = `${figure}${of === OURS ? "" : ` of ${of}`}${contender === undefined ? "" : ` ÷ ${contender}`}`;
    return [{ what, value, ...(atMost !== undefined && { atMost }), ...(atLeast !== undefined && { atLeast }) }];
  });
}

function rowOf(contender: string, { figures, reference, results }: Comparison): string[] {
  const cells = figures.flatMap(({ name }) => {
    const summary = summarize(results, contender, name);
    if (summary === undefined) return ["–", ""];
    return [threeFigures(summary.median), `${threeFigures(summary.least)}–${threeFigures(summary.most)}`];
  });
  const times = ratio(results, contender, reference.contender, reference.figure);
  return [contender, ...cells, times === undefined ? "–" : times.toFixed(2)];
}

function goalLine(goal: Goal, results: Results): string {
  const { of = OURS, figure, contender, atMost, atLeast } = goal;
  const whose = of === OURS ? "" : ` of ${of}`;
  const wanted = atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`;
  const beside = contender === undefined ? "" : ` × ${contender}`;
  return `goal: ${figure}${whose} ${wanted}${beside}: ${outcome(goal, reached(goal, results))}`;
}

/** Our figure, or how many times the contender's it is. */
function reached({ of = OURS, figure, contender }: Goal, results: Results): number | undefined {
  if (contender === undefined) return summarize(results, of, figure)?.median;
  return ratio(results, of, contender, figure);
}

function outcome({ atMost = Number.POSITIVE_INFINITY, atLeast = 0 }: Goal, value: number | undefined): string {
  if (value === undefined) return "not measured";
  return `${value.toFixed(2)}, ${value <= atMost && value >= atLeast ? "reached" : "MISSED"}`;
}
