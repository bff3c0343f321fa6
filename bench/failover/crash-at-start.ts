import { readFileSync, writeFileSync } from "node:fs";

/**
 * Ends the process with status 1 as often as the file BENCH_CRASHES says, which counts down: a new version that does not
 * start, until it is put right.
 */
export function crashAtStart(): void {
  const { BENCH_CRASHES: file } = process.env;
  if (file === undefined) return;
  const left = Number(readFileSync(file, "utf8"));
  if (left === 0) return;
  writeFileSync(file, String(left - 1));
  process.exit(1);
}
