import { mkdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { threeWays } from "./three-ways.ts";

threeWays("handles", ({ sandbox, call, failure }) => {
  test("open truncates or creates a file as its flags say, and returns a number", async () => {
    await sandbox.write("a.txt", "old");
    const { handle } = await call("fs.open", { path: "a.txt", flags: 577 });
    expect(handle).toBeGreaterThan(0);
    expect(await sandbox.read("a.txt")).toBe("");
    await call("fs.open", { path: "b.txt", flags: "wx", mode: "0600" });
    expect((await call("fs.stats", { path: "b.txt" })).permissions).toBe(0o600);
    expect(await failure("fs.open", { path: "b.txt", flags: "wx" })).toMatchObject({ code: "ALREADY_EXISTS" });
  });

  test("open refuses invalid flags and directories", async () => {
    await mkdir(sandbox.path("folder"));
    expect(await failure("fs.open", { path: "a.txt", flags: 3 })).toMatchObject({ code: "INVALID_PARAMS" });
    expect(await failure("fs.open", { path: "folder" })).toMatchObject({ code: "IS_A_DIRECTORY" });
  });

  test("an unknown handle is NOT_FOUND", async () => {
    const error = await failure("fs.handle-read", { handle: 7, length: 1 });
    expect(error.code).toBe("NOT_FOUND");
    expect(error.message).toMatch(
      /^fs\.handle-read failed: (no open file .* has the handle 7|handles exist only in a service)/,
    );
  });
});
