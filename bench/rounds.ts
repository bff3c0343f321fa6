import { median } from "./statistics.ts";

/** What one sample measured, by the figure's name. */
export type Figures = Readonly<Record<string, number>>;
/** Takes one sample of a contender: everything it needs is started, warmed up and ended by it. */
export type Measure = () => Promise<Figures>;
/** Samples by contender, one of each round. */
export type Results = ReadonlyMap<string, readonly Figures[]>;

/**
 * Measures A B C A B C …, so that whatever else the machine does meets all of them alike. After so many milliseconds no
 * further round begins.
 */
export async function interleave(
  contenders: ReadonlyMap<string, Measure>,
  rounds: number,
  milliseconds = Number.POSITIVE_INFINITY,
): Promise<Results> {
  const end = performance.now() + milliseconds;
  const results = new Map([...contenders.keys()].map((name) => [name, [] as Figures[]]));
  for (let round = 0; round === 0 || (round < rounds && performance.now() < end); round++) {
    for (const [name, measure] of contenders) results.get(name)?.push(await measure());
  }
  return results;
}

export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** A figure of a contender over all rounds; undefined when it was not measured. */
export function summarize(results: Results, contender: string, figure: string): Summary | undefined {
  const values = valuesOf(results, contender, figure);
  if (values.length === 0) return undefined;
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/**
 * How many times the reference's figure a contender's is: the median of the quotients of each round, in which both met
 * the same machine. Undefined when either was not measured.
 */
export function ratio(results: Results, contender: string, reference: string, figure: string): number | undefined {
  const [values, references] = [valuesOf(results, contender, figure), valuesOf(results, reference, figure)];
  const quotients = values.flatMap((value, round) => value / (references[round] ?? Number.NaN));
  return quotients.length === 0 || quotients.some(Number.isNaN) ? undefined : median(quotients);
}

function valuesOf(results: Results, contender: string, figure: string): readonly number[] {
  return (results.get(contender) ?? []).flatMap((figures) => figures[figure] ?? []);
}
