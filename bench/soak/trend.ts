import type { Vitals } from "./vitals.ts";

const MEBIBYTE = 1_048_576;

/**
 * Growth that is allowed. Counts must not grow, except for a few timers. Memory may grow by code that is compiled late,
 * and resident memory by pages that the allocator cannot free.
 */
const ALLOWANCES = {
  rss: 16 * MEBIBYTE,
  heap: 8 * MEBIBYTE,
  external: 8 * MEBIBYTE,
  threads: 0,
  listeners: 0,
  timers: 2,
  sockets: 0,
} as const satisfies Partial<Record<keyof Vitals, number>>;

/** Describes everything that grew between two samples at rest. */
export function trendsOf(before: Vitals, after: Vitals): string[] {
  const names = Object.keys(ALLOWANCES) as (keyof typeof ALLOWANCES)[];
  const trends = names
    .filter((name) => after[name] - before[name] > ALLOWANCES[name])
    .map((name) => `${name} from ${before[name]} to ${after[name]}`);
  const files = after.files.filter((path) => !before.files.includes(path));
  return files.length > 0 ? [...trends, `open files: ${files.join(", ")}`] : trends;
}
