import { symlink } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { ownProgram } from "../../../cmd/xsys/server/own-program.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const STARTER = fileURLToPath(new URL("../../../cmd/xsys/xsys.js", import.meta.url));
const MAIN = fileURLToPath(new URL("../../../cmd/xsys/main.ts", import.meta.url));

describe.skipIf(process.platform === "win32")("the program that starts xsys", () => {
  const fromSources = {
    launcher: undefined,
    isExecutable: false,
    executable: process.execPath,
    name: "node",
    script: MAIN,
    path: "",
  };

  async function executable(): Promise<string> {
    const file = await sandbox.write("opt/xsys", "", 0o755);
    await sandbox.write("elsewhere/xhsc-linux-amd64", "", 0o755);
    await sandbox.write("links/.keep", "");
    await symlink("../opt/xsys", sandbox.path("links/xhsc-linux-amd64"));
    return file;
  }

  test("is the launcher, under the name by which it was started", async () => {
    const launcher = await sandbox.write("bin/xhsc", "", 0o755);
    await symlink(launcher, sandbox.path("xhsc-linux-amd64"));
    for (const started of [launcher, sandbox.path("xhsc-linux-amd64")])
      expect(ownProgram({ ...fromSources, launcher: started })).toBe(started);
  });

  test("is not a launcher that is missing or not executable", async () => {
    for (const launcher of [sandbox.path("gone"), sandbox.root, await sandbox.write("text", "", 0o644)])
      expect(ownProgram({ ...fromSources, launcher })).toBe(STARTER);
  });

  test("is the link by which the executable was started, by its path or from PATH", async () => {
    const file = await executable();
    const link = sandbox.path("links/xhsc-linux-amd64");
    const start = { ...fromSources, isExecutable: true, executable: file };
    expect(ownProgram({ ...start, name: link })).toBe(link);
    const path = `${sandbox.path("nothing")}:${sandbox.path("elsewhere")}:${sandbox.path("links")}`;
    expect(ownProgram({ ...start, name: "xhsc-linux-amd64", path })).toBe(link);
  });

  test("is the executable itself if its name does not lead to it", async () => {
    const file = await executable();
    for (const name of ["xhsc", "", "-sh", sandbox.path("elsewhere/xhsc-linux-amd64")])
      expect(ownProgram({ ...fromSources, isExecutable: true, executable: file, name })).toBe(file);
  });

  test("is xsys.js if Node was started with a source file or with npm's link to xsys.js", async () => {
    expect(ownProgram(fromSources)).toBe(STARTER);
    await symlink(STARTER, sandbox.path("xsys"));
    expect(ownProgram({ ...fromSources, script: sandbox.path("xsys") })).toBe(sandbox.path("xsys"));
  });
});
