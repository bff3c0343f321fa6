import { type Results, ratio, type Summary, summarize } from "./rounds.ts";
import { table, threeFigures, whole } from "./table.ts";

/** A comparison of contenders in one kind of work: the figures, the goals and the measured results. */
export interface Comparison {
  readonly title: string;
  /** What xsys guarantees here. */
  readonly promise?: string;
  readonly figures: readonly Figure[];
  /** The contender, and its figure, that the last column of the table is relative to. */
  readonly reference: { readonly contender: string; readonly figure: string };
  readonly goals: readonly Goal[];
  /** Lines of text that are shown after the goals. */
  readonly notes?: readonly string[];
  readonly results: Results;
  /** Contenders whose package is not installed. */
  readonly absent: readonly string[];
}

export interface Figure {
  readonly name: string;
  /** Absent when the name contains the unit. */
  readonly unit?: string;
  /** It is a number of things: shown in one column, without decimals, as a range if the samples differ. */
  readonly isCount?: boolean;
}

/** A limit for our figure, as a multiple of the contender's figure. Without a contender, an absolute limit. */
export interface Goal {
  /** Name of our contender. Default: `xsys`. */
  readonly of?: string;
  readonly figure: string;
  readonly contender?: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** All samples must reach an absolute limit. By default their median must. */
  readonly always?: boolean;
}

/** The result of a goal: the ratio of our figure to the contender's, or our figure itself. */
export interface Outcome {
  /** For example "requests/s ÷ nginx". */
  readonly what: string;
  readonly value: number;
  readonly atMost?: number;
  readonly atLeast?: number;
}

export const OURS = "xsys";

/** The comparison as lines of text: a table, then one line per goal. */
export function describe(comparison: Comparison): string[] {
  const { title, promise, figures, reference, goals, notes = [], results, absent } = comparison;
  const headings = [
    "",
    ...figures.flatMap(({ name, unit, isCount = false }) => [
      unit === undefined ? name : `${name}, ${unit}`,
      ...(isCount ? [] : ["min–max"]),
    ]),
    `× ${reference.contender}`,
  ];
  const rows = [...results.keys()].map((contender) => rowOf(contender, comparison));
  return [
    title,
    ...(promise === undefined ? [] : [`promise: ${promise}`]),
    ...table(headings, [...rows, ...absent.map((contender) => [contender, "absent"])]),
    ...goals.map((goal) => goalLine(goal, results)),
    ...notes,
  ];
}

/** The results of all goals that were measured. */
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
  const cells = figures.flatMap(({ name, isCount = false }) => {
    const summary = summarize(results, contender, name);
    if (isCount) return [summary === undefined ? "–" : countOf(summary)];
    if (summary === undefined) return ["–", ""];
    return [threeFigures(summary.median), `${threeFigures(summary.least)}–${threeFigures(summary.most)}`];
  });
  const times = ratio(results, contender, reference.contender, reference.figure);
  return [contender, ...cells, times === undefined ? "–" : times.toFixed(2)];
}

function countOf({ least, most }: Summary): string {
  return least === most ? whole(least) : `${whole(least)}–${whole(most)}`;
}

function goalLine(goal: Goal, results: Results): string {
  const { of = OURS, figure, contender, atMost, atLeast } = goal;
  const whose = of === OURS ? "" : ` of ${of}`;
  const wanted = atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`;
  const beside = contender === undefined ? "" : ` × ${contender}`;
  return `goal: ${figure}${whose} ${wanted}${beside}: ${outcome(goal, reached(goal, results))}`;
}

/** Our figure, or its ratio to the contender's. Undefined when it was not measured. */
function reached(goal: Goal, results: Results): number | undefined {
  const { of = OURS, figure, contender } = goal;
  if (contender === undefined) return decisive(goal, summarize(results, of, figure));
  return ratio(results, of, contender, figure);
}

function decisive({ always = false, atMost }: Goal, summary: Summary | undefined): number | undefined {
  if (!always) return summary?.median;
  return atMost === undefined ? summary?.least : summary?.most;
}

function outcome({ atMost = Number.POSITIVE_INFINITY, atLeast = 0 }: Goal, value: number | undefined): string {
  if (value === undefined) return "not measured";
  return `${value.toFixed(2)}, ${value <= atMost && value >= atLeast ? "reached" : "MISSED"}`;
}
