import { expect, test } from "vitest";
import { describe as asText } from "../../bench/comparison.ts";
import sync from "../../bench/sync/bench.ts";

test.skipIf(process.platform === "win32")("the sync bench has every figure of every contender", async () => {
  const [comparison] = await sync(() => {}, 1);
  if (comparison === undefined) throw new Error("there is no comparison");
  expect(comparison.results.size).toBe(4);
  for (const [contender, [sample = {}]] of comparison.results) {
    for (const { name } of comparison.figures) expect(sample[name], `${name} of ${contender}`).toBeGreaterThan(0);
  }
  expect(asText(comparison).slice(-2).join()).not.toContain("not measured");
});
