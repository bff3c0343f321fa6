import { readFileSync, writeFileSync } from "node:fs";

/**
 * Ends the process with status 1 while the counter in the file BENCH_CRASHES is above 0, and decrements it. This
 * simulates a new version that fails to start until it is fixed.
 */
export function crashAtStart(): void {
  const { BENCH_CRASHES: file } = process.env;
  if (file === undefined) return;
  const left = Number(readFileSync(file, "utf8"));
  if (left === 0) return;
  writeFileSync(file, String(left - 1));
  process.exit(1);
}
