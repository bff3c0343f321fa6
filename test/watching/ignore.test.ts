import { expect, test } from "vitest";
import { ignoring } from "../../internal/watching/ignore.ts";

const ROOT = "/work/app";

/** Paths below /work/app, of which the patterns ignore some. */
const PATHS = ["dist", "src", "src/dist", "src/a.log", "node_modules", "src/node_modules", "#a#", "!b", "a.ts"];

function leftOut(...patterns: string[]): string[] {
  const ignored = ignoring(patterns);
  return PATHS.filter((path) => ignored(ROOT, `${ROOT}/${path}`));
}

const ANYWHERE = ["node_modules", "src/node_modules"];

test.each<[pattern: string, paths: string[]]>([
  ["node_modules", ANYWHERE],
  ["node_modules/", ANYWHERE],
  ["node_modules//", ANYWHERE],
  ["**/node_modules", ANYWHERE],
  ["**/node_modules/", ANYWHERE],
  ["**/node_modules/**", ANYWHERE],
  ["node_mod*/", ANYWHERE],
  ["/dist", ["dist"]],
  ["/dist/", ["dist"]],
  ["./dist", ["dist"]],
  ["./dist/", ["dist"]],
  [".//dist/./", ["dist"]],
  ["dist/**", ["dist"]],
  ["src/dist", ["src/dist"]],
  ["src/dist/", ["src/dist"]],
  ["./src/./dist", ["src/dist"]],
  ["src//dist", ["src/dist"]],
  ["/*/dist", ["src/dist"]],
  ["*.log", ["src/a.log"]],
  ["src/*.log", ["src/a.log"]],
  ["/work/app/dist", ["dist"]],
  ["/work/app/dist/", ["dist"]],
  ["/work/app/**/dist", ["dist", "src/dist"]],
  ["/work/other/dist", []],
  ["#a#", ["#a#"]],
  ["\\!b", ["!b"]],
])("%s ignores what it ignores in a .gitignore", (pattern, paths) => {
  expect(leftOut(pattern)).toEqual(paths);
});

test.each(["", "/", "./", ".", "!", "!/"])("%j ignores nothing", (pattern) => {
  expect(leftOut(pattern)).toEqual([]);
  expect(leftOut("dist", pattern)).toEqual(["dist", "src/dist"]);
});

test("the last matching pattern decides, and ! includes a path again", () => {
  expect(leftOut("dist", "!/dist")).toEqual(["src/dist"]);
  expect(leftOut("!dist")).toEqual([]);
  expect(leftOut("!dist", "dist")).toEqual(["dist", "src/dist"]);
  expect(leftOut("*", "!src/", "!*.log")).toEqual(PATHS.filter((path) => path !== "src" && path !== "src/a.log"));
});
