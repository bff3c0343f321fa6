import { expect, test } from "vitest";
import { describe as asText } from "../../bench/comparison.ts";
import watch from "../../bench/watch/bench.ts";

const TINY = { rounds: 1, milliseconds: 0, folders: 10, changes: 2, burst: 20, flood: 40, quiet: 1_000 };

test.skipIf(process.platform !== "linux")(
  "the watch bench has every figure, and xsys misses no event in it",
  async () => {
    const comparisons = await watch(() => {}, TINY);
    expect(comparisons).toHaveLength(3);
    for (const comparison of comparisons) {
      for (const [contender, [sample = {}]] of comparison.results) {
        for (const { name } of comparison.figures)
          expect(sample[name], `${name} of ${contender}`).toBeGreaterThanOrEqual(0);
      }
      expect(asText(comparison).join("\n")).not.toContain("not measured");
    }
    const { spread, renames, flood } = comparisons[2]?.results.get("xsys")?.[0] ?? {};
    expect([spread, renames, flood]).toEqual([0, 0, 0]);
  },
);
