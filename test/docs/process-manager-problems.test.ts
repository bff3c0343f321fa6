import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = readFileSync(`${ROOT}docs/process-manager-problems.md`, "utf8");

const rows = PAGE.split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| problem"))
  .map((line) => line.split("|").map((cell) => cell.trim()));

describe("each problem names a test that exists, or says that it is not built yet", () => {
  test("there are rows", () => {
    expect(rows.length).toBeGreaterThan(15);
  });

  test.each(rows.map(([, problem = "", , , where = ""]) => [problem, where]))("%s", (_, where) => {
    if (where.startsWith("not built yet: ")) return;
    const [, file = "", name = ""] = /^`(test\/\S+)`: (.+)$/.exec(where) ?? [];
    expect(file).not.toBe("");
    expect(readFileSync(ROOT + file, "utf8")).toContain(`"${name}"`);
  });
});
