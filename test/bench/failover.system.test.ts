import { expect, test } from "vitest";
import failover from "../../bench/failover/bench.ts";
import { TWO } from "../../bench/failover/contenders.ts";
import { xsys } from "../../bench/failover/xsys.ts";

test.skipIf(process.platform === "win32")(
  "no GET request fails in the failover bench when workers fail",
  async () => {
    const comparisons = await failover(
      () => {},
      {
        rounds: 1,
        times: 1,
        timeout: 25_000,
        killers: { times: 3, interval: 300 },
      },
      new Map([[TWO, xsys(2)]]),
    );
    expect(comparisons).toHaveLength(7);
    for (const { title, results, figures } of comparisons) {
      const [sample = {}] = results.get(TWO) ?? [];
      for (const { name } of figures) expect(sample[name], `${name} at ${title}`).toBeGreaterThanOrEqual(0);
      if ("failed" in sample) expect(sample.failed, title).toBe(0);
    }
  },
  120_000,
);
