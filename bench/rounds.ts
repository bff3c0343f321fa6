import { median } from "./statistics.ts";

/** The figures of one sample, by name. */
export type Figures = Readonly<Record<string, number>>;
/** Takes one sample of a contender. It starts, warms up and ends everything that it needs. */
export type Measure = () => Promise<Figures>;
/** Samples by contender, one per round. */
export type Results = ReadonlyMap<string, readonly Figures[]>;

/**
 * Measures in the order A B C A B C …, so that other load on the machine affects all contenders alike. No round starts
 * after `milliseconds`.
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

/** A contender's figure over all rounds. Undefined when it was not measured. */
export function summarize(results: Results, contender: string, figure: string): Summary | undefined {
  const values = valuesOf(results, contender, figure);
  if (values.length === 0) return undefined;
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/**
 * Ratio of a contender's figure to the reference's: the median of the ratios of each round, because both ran under the
 * same conditions within a round. Undefined when either was not measured.
 */
export function ratio(results: Results, contender: string, reference: string, figure: string): number | undefined {
  const [values, references] = [valuesOf(results, contender, figure), valuesOf(results, reference, figure)];
  const quotients = values.flatMap((value, round) => value / (references[round] ?? Number.NaN));
  return quotients.length === 0 || quotients.some(Number.isNaN) ? undefined : median(quotients);
}

function valuesOf(results: Results, contender: string, figure: string): readonly number[] {
  return (results.get(contender) ?? []).flatMap((figures) => figures[figure] ?? []);
}
