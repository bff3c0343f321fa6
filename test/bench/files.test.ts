import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { OURS } from "../../bench/comparison.ts";
import files from "../../bench/files/bench.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();

test("the files bench has figures of xsys and of each installed peer in every row, and removes its files", async () => {
  const amounts = { files: 60, folders: 12, mebibytes: 1, rounds: 1 };
  const comparisons = await files(() => {}, { ...amounts, folder: sandbox.root });
  expect(comparisons).toHaveLength(8);
  for (const { title, results, reference, absent } of comparisons) {
    const measured = (contender: string, figure: string) => results.get(contender)?.[0]?.[figure];
    expect(measured(OURS, "time"), title).toBeGreaterThan(0);
    expect(measured(OURS, "loop lag p99"), title).toBeGreaterThanOrEqual(0);
    expect(measured(OURS, "loop work max"), title).toBeGreaterThan(0);
    expect(measured("xsys, one-shot", "time"), title).toBeGreaterThan(0);
    if (!absent.includes(reference.contender)) expect(measured(reference.contender, "time"), title).toBeGreaterThan(0);
  }
  expect(readdirSync(sandbox.root)).toEqual([]);
});
