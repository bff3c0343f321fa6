import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { QUICK } from "../../bench/apps/amounts.ts";
import apps from "../../bench/apps/bench.ts";
import { contendersWith } from "../../bench/apps/contenders.ts";
import { OURS } from "../../bench/comparison.ts";
import { processesWith } from "../../internal/processes/descendants.ts";
import { PROGRAM } from "../support/program.ts";

const AMOUNTS = { ...QUICK, rest: 200, cpu: 200, lines: 2_000, apps: 3 };
/** Without those that take longest. */
const PARTS = ["under-load", "stubborn-child", "start-up", "log-lines", "many-apps"];
/** What must be so on a busy machine, too. */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "scale up": { "failed GETs": 0, "failed POSTs": 0, "exit status": 0 },
  "scale down": { "failed GETs": 0, "failed POSTs": 0, "exit status": 0 },
  "reload of the application as it is": { "failed GETs": 0, "failed POSTs": 0, "exit status": 0 },
  "upgrade of the manager": { "failed GETs": 0, "failed POSTs": 0, "exit status": 0, "pids kept": 2 },
  "kill -9 of the manager": { "failed GETs": 0, "failed POSTs": 0, "pids kept": 2 },
  "stop and start": { left: 0, "status of stop": 0, "new one answers": 1 },
  "2000 numbered lines": { lost: 0, repeated: 0, "out of order": 0, damaged: 0 },
  "3 idle apps": { listed: 3 },
};

// The keeper takes processes over on Linux only.
test.skipIf(process.platform !== "linux")(
  "the apps bench has every figure of xsys, no request of its events fails, and it leaves nothing behind",
  async () => {
    const folders: string[] = [];
    const contenders = contendersWith(PROGRAM, ["--stable-for", "300ms"])
      .filter(({ name }) => name === OURS)
      .map((contender) => ({
        ...contender,
        open: (folder: string) => {
          folders.push(folder);
          return contender.open(folder);
        },
      }));
    const comparisons = await apps(() => {}, AMOUNTS, contenders, PARTS);
    expect(comparisons).toHaveLength(12);
    for (const { title, results, figures } of comparisons) {
      const [sample = {}] = results.get(OURS) ?? [];
      for (const { name } of figures) expect(sample[name], `${name} at ${title}`).toBeGreaterThanOrEqual(0);
      const [, expected = {}] = Object.entries(EXPECTED).find(([start]) => title.startsWith(start)) ?? [];
      expect(sample, title).toMatchObject(expected);
    }
    for (const start of Object.keys(EXPECTED))
      expect(comparisons.some(({ title }) => title.startsWith(start))).toBe(true);
    expect(folders).toHaveLength(PARTS.length);
    for (const folder of folders) {
      expect(existsSync(folder)).toBe(false);
      expect(processesWith("XSYS_STATE", join(folder, "state"))).toEqual([]);
    }
  },
  120_000,
);
