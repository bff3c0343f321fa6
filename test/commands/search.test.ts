import { readdir, utimes } from "node:fs/promises";
import { expect, test } from "vitest";
import { threeWays } from "./three-ways.ts";

threeWays("search", ({ sandbox, call, failure }) => {
  test("grep returns file, line and content, with paths relative as the given directory is", async () => {
    await sandbox.write("src/b.txt", "one\r\ntwo a\n");
    await sandbox.write("src/deep/a.txt", "a é");
    await sandbox.write("src/binary", "a\0a");
    expect(await call("search.grep", { path: "src", pattern: "\\ba\\b" })).toEqual([
      { file: "src/b.txt", line: 2, content: "two a" },
      { file: "src/deep/a.txt", line: 1, content: "a é" },
    ]);
    expect(await call("search.grep", { path: "src", pattern: "TWO", ignoreCase: true, context: 1 })).toEqual([
      { file: "src/b.txt", line: 2, content: "two a", before: ["one"], after: [] },
    ]);
    expect(await call("search.grep", { path: "src", pattern: "-none-" })).toEqual([]);
  });

  test("a pattern that does not compile is refused with the offset of the error, and is text with literal", async () => {
    await sandbox.write("src/a.txt", "call f(x) here\n");
    for (const [command, more] of [
      ["search.grep", {}],
      ["search.find", {}],
      ["search.rename", { replacement: "y" }],
    ] as const) {
      const error = await failure(command, { path: "src", pattern: "f(x", ...more } as never);
      expect(error).toMatchObject({ code: "INVALID_PARAMS", details: { pattern: "f(x", offset: 1 } });
      expect(error.message).toContain("Unterminated group at offset 1");
    }
    const found = await call("search.grep", { path: "src", pattern: "f(x", literal: true });
    expect(found).toEqual([{ file: "src/a.txt", line: 1, content: "call f(x) here" }]);
  });

  test("an expression that backtracks too long is a TIMEOUT", async () => {
    await sandbox.write("a.txt", `${"x".repeat(60)}\n`);
    const error = await failure("search.grep", { path: ".", pattern: "(x+x+)+y$|\\d", timeout: 200 });
    expect(error).toMatchObject({ code: "TIMEOUT", details: { timeout: 200 } });
    expect(error.message).toContain(sandbox.root);
  });

  test("find accepts an expression or a glob", async () => {
    await sandbox.write("src/a.ts", "");
    await sandbox.write("src/lib/b.ts", "");
    await sandbox.write("src/lib/ats", "");
    expect(await call("search.find", { path: "src", pattern: ".*\\.ts$" })).toEqual(["src/a.ts", "src/lib/b.ts"]);
    expect(await call("search.find", { path: "src", pattern: "*.ts" })).toEqual(["src/a.ts", "src/lib/b.ts"]);
    expect(await call("search.find", { path: sandbox.path("src"), pattern: "^nothing" })).toEqual([]);
  });

  test("modified lists the files of the last hours, the newest first", async () => {
    const hoursAgo = async (path: string, hours: number) => {
      const time = new Date(Date.now() - hours * 3_600_000);
      await utimes(await sandbox.write(path, ""), time, time);
    };
    await hoursAgo("d/old.txt", 2);
    await hoursAgo("d/half.txt", 0.4);
    await hoursAgo("d/in/new.txt", 0.1);
    expect(await call("search.modified", { path: "d", hours: 0.5 })).toEqual(["d/in/new.txt", "d/half.txt"]);
    expect(await call("search.modified", { path: "d", hours: 0.2 })).toEqual(["d/in/new.txt"]);
  });

  test("rename returns a count; a dry run returns the new names and changes nothing", async () => {
    for (const name of ["IMG_1.jpg", "IMG_2.jpg", "other.txt"]) await sandbox.write(`p/${name}`, name);
    const params = { path: "p", pattern: "^IMG_(\\d)", replacement: "photo-$1" };
    expect(await call("search.rename", { ...params, dryRun: true })).toEqual([
      { old_path: "p/IMG_1.jpg", new_path: "p/photo-1.jpg" },
      { old_path: "p/IMG_2.jpg", new_path: "p/photo-2.jpg" },
    ]);
    expect(await readdir(sandbox.path("p"))).toContain("IMG_1.jpg");
    expect(await call("search.rename", params)).toBe(2);
    expect((await readdir(sandbox.path("p"))).sort()).toEqual(["other.txt", "photo-1.jpg", "photo-2.jpg"]);
  });

  test("a conflict of names is refused before the first file is renamed", async () => {
    for (const name of ["a1", "a2", "b"]) await sandbox.write(name, name);
    const error = await failure("search.rename", { path: ".", pattern: "\\d$", replacement: "" });
    expect(error).toMatchObject({ code: "ALREADY_EXISTS", details: { to: "a" } });
    expect((await readdir(sandbox.root)).sort()).toEqual(["a1", "a2", "b"]);
  });
});
