import { expect, test } from "vitest";
import { OURS } from "../../bench/comparison.ts";
import gateway from "../../bench/gateway/bench.ts";
import { OURS_BY_JSON } from "../../bench/gateway/contenders.ts";

test.skipIf(process.platform === "win32")(
  "the gateway bench has every figure of every contender",
  async () => {
    const comparisons = await gateway(() => {}, { rounds: 1, warmUpSeconds: 0, seconds: 1 });
    expect(comparisons).toHaveLength(2);
    expect([...(comparisons[0]?.results.keys() ?? [])]).toEqual(expect.arrayContaining([OURS, OURS_BY_JSON]));
    for (const { results, figures, title } of comparisons) {
      for (const [contender, [sample = {}]] of results) {
        for (const { name } of figures) expect(sample[name], `${title}: ${name} of ${contender}`).toBeGreaterThan(0);
      }
    }
  },
  60_000,
);
