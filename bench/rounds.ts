import { median } from "./statistics.ts";

/** The figures of one sample, by name. */
export type Figures = Readonly<Record<string, number>>;
/** Takes one sample of a contender. It starts, warms up and ends everything that it needs. */
export type Measure = () => Promise<Figures>;
/** Samples by contender, one per round. */
export type Results = ReadonlyMap<string, readonly Figures[]>;

/** Milliseconds between two reports of progress. */
const REPORT_INTERVAL = 10_000;

export interface InterleaveOptions {
  /** No round starts after this time. */
  readonly milliseconds?: number;
  /** Gets a line about every ten seconds: the samples taken, and how long the others will take. */
  readonly progress?: (text: string) => void;
}

/** Measures in the order A B C A B C …, so that other load on the machine affects all contenders alike. */
export async function interleave(
  contenders: ReadonlyMap<string, Measure>,
  rounds: number,
  { milliseconds = Number.POSITIVE_INFINITY, progress = () => {} }: InterleaveOptions = {},
): Promise<Results> {
  const start = performance.now();
  const results = new Map([...contenders.keys()].map((name) => [name, [] as Figures[]]));
  const report = reporter(contenders.size * rounds, milliseconds, progress);
  for (let round = 0; round === 0 || (round < rounds && performance.now() < start + milliseconds); round++) {
    for (const [name, measure] of contenders) {
      results.get(name)?.push(await measure());
      report();
    }
  }
  return results;
}

/** A function to be called after each sample. */
function reporter(samples: number, milliseconds: number, progress: (text: string) => void): () => void {
  const start = performance.now();
  let done = 0;
  let next = start + REPORT_INTERVAL;
  return () => {
    done++;
    const now = performance.now();
    if (now < next || done === samples) return;
    next = now + REPORT_INTERVAL;
    const left = Math.min(((now - start) / done) * (samples - done), Math.max(0, start + milliseconds - now));
    progress(`sample ${done} of ${samples}, about ${Math.ceil(left / 1_000)} s left`);
  };
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
