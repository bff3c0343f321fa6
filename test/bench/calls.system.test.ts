import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import calls from "../../bench/calls/bench.ts";
import { OURS } from "../../bench/comparison.ts";
import { followMemory } from "../../bench/memory.ts";
import { ended } from "../support/command-line.ts";

test("the calls bench has figures of xsys and of its reference in every row", async () => {
  const comparisons = await calls(() => {}, { rounds: 1, warmUpMs: 1, measureMs: 10, calls: 10, transfers: 1 });
  expect(comparisons).toHaveLength(3);
  for (const { figures, results, reference, absent } of comparisons) {
    const needed = [OURS, ...(absent.includes(reference.contender) ? [] : [reference.contender])];
    for (const contender of needed) {
      const [sample = {}] = results.get(contender) ?? [];
      for (const { name } of figures.filter(({ unit }) => unit !== "MiB" || process.platform === "linux")) {
        expect(sample[name], `${name} of ${contender}`).toBeGreaterThanOrEqual(0);
      }
      expect(sample[reference.figure], `${reference.figure} of ${contender}`).toBeGreaterThan(0);
    }
  }
});

test("an unknown bench is rejected with a list of the benches", async () => {
  const bench = spawn(process.execPath, [new URL("../../bench/run.ts", import.meta.url).pathname, "cals"]);
  expect(await ended(bench)).toMatchObject({
    status: 64,
    stdout: "",
    stderr: expect.stringContaining('unknown bench "cals"; the benches are: calls'),
  });
});

test.skipIf(process.platform !== "linux")("memory that a process has freed again is still counted", async () => {
  const grown = followMemory(process.pid);
  let taken: Buffer | undefined = Buffer.alloc(64 * 1024 * 1024, 1);
  expect(taken.at(-1)).toBe(1);
  taken = undefined;
  expect(grown()).toBeGreaterThan(60 * 1024 * 1024);
});
