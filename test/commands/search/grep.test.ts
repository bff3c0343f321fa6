import { mkdir, symlink, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { connect } from "../../../clients/typescript/index.ts";
import grepPart from "../../../internal/commands/search/tasks/grep-part.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { startTestService } from "../../support/service.ts";
import { callIn, failureIn } from "../fs/in-process.ts";
import { inProcess } from "../ways.ts";

const sandbox = useSandbox();

const DEFAULTS = { literal: false, ignoreCase: false, context: 0, limit: 10_000, gitignore: false };

/** Only the task, without the thread that a call would start. Returns `file:line:content` for each row. */
function grep({ path = ".", ...params }: { pattern: string; path?: string } & Partial<typeof DEFAULTS>): string[] {
  const args = { ...DEFAULTS, ...params, path: sandbox.path(path), ceiling: undefined, maxResult: 1e8 };
  const { files } = grepPart(args);
  return files.flatMap(({ relative, matches }) => matches.map(({ line, content }) => `${relative}:${line}:${content}`));
}

describe("lines", () => {
  test.each([
    ["a last line without a line end is searched", "x\ny", "y", ["f:2:y"]],
    ["CRLF is not part of a line, and $ matches before it", "x\r\ny\r\n", "x$", ["f:1:x"]],
    ["an empty line is searched", "x\n\ny\n", "^$", ["f:2:"]],
    ["an empty file has no lines", "", "^", []],
    ["an expression does not match across lines", "a\nb\n", "a\\sb", []],
    ["literal text does not match across lines", "a\nb\n", "a\nb", []],
    ["an empty pattern matches every line", "a\nb\n", "", ["f:1:a", "f:2:b"]],
    ["bytes that are not UTF-8 are searched", Buffer.from("a\xffb\n", "latin1"), "a.b", ["f:1:a\uFFFDb"]],
  ])("%s", async (_title, contents, pattern, rows) => {
    await sandbox.write("f", contents);
    expect(grep({ pattern })).toEqual(rows);
  });
});

describe("a pattern", () => {
  test.each([
    ["is an expression by default", "p\\w+\\(", {}, ["f:2:print(x)"]],
    ["with literal is text, even if it is not a valid expression", "t(x", { literal: true }, ["f:2:print(x)"]],
    ["with literal is text, even if it is a valid expression", "a.b", { literal: true }, ["f:1:a.b"]],
    ["without literal is an expression, even if it looks like text", "a.b", {}, ["f:1:a.b", "f:3:aXb"]],
    [
      "with literal and ignoreCase is text in any case",
      "PRINT(",
      { literal: true, ignoreCase: true },
      ["f:2:print(x)"],
    ],
    ["with ignoreCase is an expression in any case", "^ax?B", { ignoreCase: true }, ["f:3:aXb"]],
    ["may have Unicode classes", "^\\p{Lu}", {}, ["f:4:Émile"]],
    ["may have syntax that the u flag does not allow", "a\\.b|\\-", {}, ["f:1:a.b"]],
  ])("%s", async (_title, pattern, options, rows) => {
    await sandbox.write("f", "a.b\nprint(x)\naXb\nÉmile\n");
    expect(grep({ pattern, ...options })).toEqual(rows);
  });
});

describe("searched files", () => {
  test("include hidden ones, exclude symbolic links and binary files, and are sorted", async () => {
    await sandbox.write("b/.hidden", "x");
    await sandbox.write("b.txt", "x");
    await sandbox.write("a/z", "x");
    await sandbox.write("binary", "x\0");
    await symlink("b.txt", sandbox.path("link"));
    const rows = await callIn(sandbox, "search.grep", { path: ".", pattern: "x" });
    expect(rows.map(({ file }) => file)).toEqual(["a/z", "b.txt", "b/.hidden"]);
  });

  test("may be a single given file", async () => {
    await sandbox.write("d/a.txt", "x\n");
    expect(await callIn(sandbox, "search.grep", { path: "d/a.txt", pattern: "x" })).toEqual([
      { file: "d/a.txt", line: 1, content: "x" },
    ]);
  });

  test("of a missing directory are NOT_FOUND", async () => {
    expect(await failureIn(sandbox, "search.grep", { path: "none", pattern: "x" })).toMatchObject({
      code: "NOT_FOUND",
    });
  });
});

describe("context lines", () => {
  test("may belong to several rows, and end at the start and end of the file", async () => {
    await sandbox.write("f", "1\n2 x\n3\n4 x\n5\n6\n");
    const rows = await callIn(sandbox, "search.grep", { path: ".", pattern: "x", context: 2 });
    expect(rows.map(({ before, after }) => [before, after])).toEqual([
      [["1"], ["3", "4 x"]],
      [
        ["2 x", "3"],
        ["5", "6"],
      ],
    ]);
  });

  test("are complete after the last row of the limit", async () => {
    await sandbox.write("f", "x\ny\nx\n");
    const rows = await callIn(sandbox, "search.grep", { path: ".", pattern: "x", context: 1, limit: 1 });
    expect(rows).toEqual([{ file: "f", line: 1, content: "x", before: [], after: ["y"] }]);
  });
});

describe("in large files", () => {
  test("lines are complete and counted across blocks", async () => {
    const lines = Array.from({ length: 90_000 }, (_, n) => `line ${n + 1} ${"é".repeat(n % 30)}`);
    await sandbox.write("f", lines.join("\n"));
    for (const pattern of ["line 89999 ", "^line 89999\\s"]) {
      expect(grep({ pattern })).toEqual([`f:89999:${lines[89_998]}`]);
    }
    expect(grep({ pattern: "^line \\d+000 " })).toHaveLength(90);
  });

  test("a line of several MiB is searched to its end, and its first MiB is returned", async () => {
    await sandbox.write("f", `first\n${"x".repeat(3_000_000)}needle\nlast needle\n`);
    const rows = await callIn(sandbox, "search.grep", { path: ".", pattern: "needle" });
    expect(rows.map(({ line, content }) => [line, content.length])).toEqual([
      [2, 1_048_576],
      [3, 11],
    ]);
  });
});

test("the limit ends the search", async () => {
  for (let n = 0; n < 5; n++) await sandbox.write(`f${n}`, "x\nx\n");
  expect(grep({ pattern: "x", limit: 3 })).toHaveLength(3);
});

test("a tree divided among several tasks is searched completely", async () => {
  for (let folder = 0; folder < 40; folder++) {
    await mkdir(sandbox.path(`d${folder}`));
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => writeFile(sandbox.path(`d${folder}`, `f${n}`), `number ${n}\n`)),
    );
  }
  const rows = (await callIn(sandbox, "search.grep", { path: ".", pattern: "number 7$" })).map(({ file }) => file);
  expect(rows).toHaveLength(40);
  expect(rows).toEqual([...rows].sort());
});

describe("gitignore", () => {
  test("rules of nested files apply, the nearest first, and .git is skipped", async () => {
    await sandbox.write(".gitignore", "dist/\n*.log\n");
    await sandbox.write("keep/.gitignore", "!important.log\n");
    for (const path of ["a.ts", "dist/a.js", "a.log", "keep/b.log", "keep/important.log", ".git/config"]) {
      await sandbox.write(path, "x");
    }
    expect(grep({ pattern: "x", gitignore: true })).toEqual(["a.ts:1:x", "keep/important.log:1:x"]);
  });

  test("rules above the directory apply up to the top of its repository", async () => {
    await sandbox.write(".gitignore", "*.b\n");
    await mkdir(sandbox.path("repo/.git"), { recursive: true });
    await sandbox.write("repo/.gitignore", "/src/*.a\n");
    for (const name of ["1.a", "1.b"]) await sandbox.write(`repo/src/${name}`, "x");
    expect(grep({ path: "repo/src", pattern: "x", gitignore: true })).toEqual(["1.b:1:x"]);
  });
});

test("a confined call reads no rules above its root", async () => {
  await mkdir(sandbox.path(".git"));
  await sandbox.write(".gitignore", "*.a\n");
  await sandbox.write("root/src/1.a", "x");
  await symlink("root", sandbox.path("by-link"));
  const params = { path: "src", pattern: "x", gitignore: true };
  for (const [confined, rows] of [
    [false, 0],
    [true, 1],
  ] as const) {
    const { result } = await inProcess.call(sandbox.path("by-link"), "search.grep", params, { confined });
    expect(result).toHaveLength(rows);
  }
});

test("a service answers other calls while an expression backtracks, and can cancel it", async () => {
  await sandbox.write("f", `${"x".repeat(60)}\n`);
  const service = await startTestService({ root: sandbox.root });
  const client = await connect({ socket: service.socket });
  try {
    const abort = new AbortController();
    const endless = client.call(
      "search.grep",
      { path: ".", pattern: "(x+x+)+y$|\\d", timeout: 600_000 },
      { signal: abort.signal },
    );
    endless.catch(() => {});
    for (let n = 0; n < 20; n++) expect(await client.call("path.dirname", { path: "/a/b" })).toBe("/a");
    abort.abort();
    await expect(endless).rejects.toMatchObject({ code: "CANCELLED" });
  } finally {
    client.close();
    service.stop(true);
    await service.ended;
  }
});
