import { lstatSync } from "node:fs";
import { expect, test } from "vitest";
import { fileStats, statsJson } from "../../internal/files/file-stats.ts";

test("the hand-written serialization of stats equals JSON.stringify", () => {
  for (const path of [".", process.execPath, "/dev/null"]) {
    const stats = lstatSync(path);
    expect(statsJson(stats)).toBe(JSON.stringify(fileStats(stats)));
  }
});
