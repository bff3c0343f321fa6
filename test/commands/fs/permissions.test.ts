import { chmod } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { callAsOrdinaryUser } from "../../support/ordinary-user.ts";
import { useSandbox } from "../../support/sandbox.ts";

describe("fs reading without root permissions", () => {
  const sandbox = useSandbox();

  test.each(["fs.ls", "fs.du", "fs.size", "fs.top-big-files", "fs.dedupe"] as const)(
    "%s of a tree with an unreadable directory is DENIED",
    async (name) => {
      await sandbox.write("t/sub/file", "x");
      await open(sandbox.root);
      await chmod(sandbox.path("t/sub"), 0);
      const outcome = await callAsOrdinaryUser(sandbox.root, name, { path: "t", ...(name === "fs.ls" && RECURSIVE) });
      await chmod(sandbox.path("t/sub"), 0o755);
      expect(outcome).toMatchObject({ code: "DENIED", message: expect.stringContaining(sandbox.path("t/sub")) });
    },
  );
  test("read of an unreadable file is DENIED", async () => {
    await sandbox.write("secret", "x", 0);
    await open(sandbox.root);
    expect(await callAsOrdinaryUser(sandbox.root, "fs.read", { path: "secret" })).toMatchObject({ code: "DENIED" });
  });
  test("check reports the access of the calling user, and is DENIED if it cannot be determined", async () => {
    await sandbox.write("r", "");
    await sandbox.write("none", "");
    await sandbox.write("closed/file", "");
    await open(sandbox.root);
    await chmod(sandbox.path("r"), 0o444);
    await chmod(sandbox.path("none"), 0);
    await chmod(sandbox.path("closed"), 0);
    const check = (path: string) => callAsOrdinaryUser(sandbox.root, "fs.check", { path });
    expect(await check("r")).toEqual({ result: { exists: true, readable: true, writable: false } });
    expect(await check("none")).toEqual({ result: { exists: true, readable: false, writable: false } });
    expect(await check("closed/file")).toMatchObject({ code: "DENIED" });
    await chmod(sandbox.path("closed"), 0o755);
  });
});

const RECURSIVE = { recursive: true };

/** Gives other users access; a sandbox is private to its owner. */
function open(folder: string): Promise<void> {
  return chmod(folder, 0o755);
}
