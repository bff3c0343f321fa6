import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { GitIgnores } from "../../../internal/commands/search/tasks/git-ignores.ts";
import { walkFolders } from "../../../internal/files/walk.ts";
import { fc } from "../../support/property.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const countsCase = process.platform !== "darwin" && process.platform !== "win32";
const hasGit = spawnSync("git", ["--version"]).status === 0;

/** The files below the sandbox that the rules do not exclude. */
function admitted(root: string): string[] {
  const ignores = new GitIgnores(root);
  const entries = walkFolders([{ path: root, relative: "" }], Infinity, (entry) => ignores.admits(entry));
  return [...entries].flatMap(({ kind, relative }) => (kind === "file" ? [relative] : [])).sort();
}

test.skipIf(!countsCase)("rules are case-sensitive, as in git on this platform", async () => {
  await sandbox.write(".gitignore", "a.txt\nBuild/\n*.log\n[A-C]?\n");
  for (const path of ["A.TXT", "b.txt", "build/x", "Build/x", "c.LOG", "c.log", "ax", "Ax"]) {
    await sandbox.write(path, "");
  }
  expect(admitted(sandbox.root)).toEqual([".gitignore", "A.TXT", "ax", "b.txt", "build/x", "c.LOG"]);
});

const name = fc.constantFrom(
  ...["a", "A", "b", "ab", "a.txt", "A.TXT", "b.log", ".x", "a b", "é", "[x]", "a*", "#a", "!a", "a\\b", "a ", "-"],
);
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));
const wildcards = [
  ...["*", "**", "?", "*.txt", "*.TXT", "a*", "[ab]", "[!a]", "[a-c]*", "[[:upper:]]*", "\\a", "\\*", "b.*"],
  ...["***", "a**", "[^A]", "?*", "**b", "[]x]", "[x", "a\\ "],
];
const part = fc.oneof({ weight: 4, arbitrary: name }, { weight: 1, arbitrary: fc.constantFrom(...wildcards) });
const rule = fc
  .tuple(
    fc.constantFrom("", "", "", "!"),
    fc.constantFrom("", "", "/"),
    fc.array(part, { minLength: 1, maxLength: 3 }),
    fc.constantFrom("", "", "/", " ", "  ", "\t"),
  )
  .map(([negation, anchor, parts, end]) => negation + anchor + parts.join("/") + end);
const special = fc.constantFrom("", "#c", " ", "\\#a", "\\!a", "/");
const rules = fc.array(fc.oneof({ weight: 9, arbitrary: rule }, special), { minLength: 1, maxLength: 4 });
const tree = fc.record({
  paths: fc.array(path, { minLength: 3, maxLength: 25 }),
  rules: fc.dictionary(fc.constantFrom("", "a", "A", "b", "a/b", "ab/a"), rules, { maxKeys: 3 }),
  lineEnd: fc.constantFrom("\n", "\r\n"),
  mark: fc.constantFrom("", "\uFEFF"),
});
type Tree = typeof tree extends fc.Arbitrary<infer T> ? T : never;

/** Skips paths that cannot be created because a file or directory already has the name. */
function write(path: string, contents: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  } catch {
    // the name is taken
  }
}

function make(root: string, { paths, rules, lineEnd, mark }: Tree): void {
  for (const path of paths) write(join(root, path), "");
  for (const [folder, lines] of Object.entries(rules)) {
    write(join(root, folder, ".gitignore"), `${mark}${lines.join(lineEnd)}${lineEnd}`);
  }
}

function listedByGit(root: string): string[] {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  execFileSync("git", ["init", "-q", root], { env });
  const listed = execFileSync("git", ["-C", root, "ls-files", "-o", "--exclude-standard", "-z"], { env });
  return listed.toString().split("\0").slice(0, -1).sort();
}

test("rules match bytes, as in git, where a character may be several bytes", async () => {
  await sandbox.write(".gitignore", "?x\n[^a]\n\u00e0\n");
  for (const path of ["bx", "\u00e9x", "b", "\u00e9", "\u00e0", "a"]) await sandbox.write(path, "");
  expect(admitted(sandbox.root)).toEqual([".gitignore", "a", "\u00e9", "\u00e9x"]);
});

test.skipIf(!hasGit)(
  "the files of 150 generated trees that the rules do not exclude are those that git lists (skipped without git)",
  () => {
    const trees = fc.sample(tree, { numRuns: 150, seed: 8 });
    for (const [n, one] of trees.entries()) make(sandbox.path(`tree${n}`), one);
    const expected = listedByGit(sandbox.root);
    const found = admitted(sandbox.root);
    const differs = [...new Set(expected).symmetricDifference(new Set(found))];
    const rulesOf = (path: string | undefined) => trees[Number(path?.match(/^tree(\d+)/)?.[1])]?.rules;
    expect(differs, JSON.stringify(rulesOf(differs[0]))).toEqual([]);
    expect(expected.length).toBeGreaterThan(400);
  },
);
