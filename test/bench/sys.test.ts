import { expect, test } from "vitest";
import sys from "../../bench/sys/bench.ts";
import { OURS_READING, SYSTEMINFORMATION } from "../../bench/sys/readings.ts";
import { ROWS } from "../../bench/sys/rows.ts";

const isQuick = (name: string) => name === "memory" || name === "processes";

test.skipIf(process.platform === "win32")(
  "the sys bench measures every installed contender, and lists the absent ones",
  async () => {
    const rows = ROWS.filter(({ name }) => isQuick(name));
    const comparisons = await sys(() => {}, { rounds: 1, rows });
    expect(comparisons).toHaveLength(2);
    for (const { results, absent, title } of comparisons) {
      expect(results.has("xsys")).toBe(true);
      expect(results.has("psutil") || absent.includes("psutil"), title).toBe(true);
      for (const [contender, [sample]] of results) expect(sample?.time, `${contender}: ${title}`).toBeGreaterThan(0);
    }
  },
);

test.each(ROWS)("both readings of $name return a value", async ({ name }) => {
  expect(await OURS_READING[name]()).toBeTruthy();
  if (SYSTEMINFORMATION[name] !== undefined) expect(await SYSTEMINFORMATION[name]()).toBeTruthy();
});
