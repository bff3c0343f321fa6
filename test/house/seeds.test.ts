import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** Inputs that differ in each run make a failure in CI look like one of the change that it runs on. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SELF = "test/house/seeds.test.ts";
const PROPERTY = "test/support/property.ts";
/** `npm run fuzz` prints the seed of its run. */
const FUZZ = "test/fuzz/run.ts";
const FILES = globSync("test/**/*.ts", { cwd: ROOT }).filter((file) => ![SELF, PROPERTY, FUZZ].includes(file));

function filesWith(pattern: RegExp): string[] {
  return FILES.filter((file) => pattern.test(readFileSync(join(ROOT, file), "utf8")));
}

test("the files of the tests are found", () => {
  expect(FILES.length).toBeGreaterThan(300);
  expect(filesWith(/from "[./]+\/support\/property\.ts"/).length).toBeGreaterThan(10);
});

test("property tests use fast-check with a fixed seed", () => {
  expect(filesWith(/from "fast-check"/)).toEqual([]);
});

test("no test has a random number or a seed of the current time", () => {
  expect(filesWith(/\bMath\.random\(|\bDate\.now\(\) %/)).toEqual([]);
});
