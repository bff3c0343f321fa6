import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, link, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parentRuntime } from "../../../cmd/xsys/server/parent-runtime.ts";
import { workerCommand } from "../../../cmd/xsys/server/worker-command.ts";
import { runsTypeScript } from "../../../internal/processes/runs-typescript.ts";
import { useChildren } from "../../support/children.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
const children = useChildren();
const PARENT_RUNTIME = fileURLToPath(new URL("../../../cmd/xsys/server/parent-runtime.ts", import.meta.url));
const CALLER_PID = fileURLToPath(new URL("../../../cmd/xsys/launcher-environment.ts", import.meta.url));
const LOOK = `import { parentRuntime } from ${JSON.stringify(PARENT_RUNTIME)}; console.log(JSON.stringify(await parentRuntime()));`;

/** Node as a file of another name. A symbolic link would be resolved to the original name. */
async function nodeAs(name: string): Promise<string> {
  const file = sandbox.path(name);
  await mkdir(dirname(file), { recursive: true });
  await link(process.execPath, file).catch(() => copyFile(process.execPath, file));
  return file;
}

describe.runIf(process.platform === "linux")("the parent's runtime", () => {
  test.each([
    ["elsewhere/node", "node"],
    ["elsewhere/bun", "bun"],
    ["elsewhere/node-22.1", "node"],
    ["elsewhere/application", undefined],
    ["elsewhere/node_exporter", undefined],
  ])("for %s is %s", async (name, runtime) => {
    const file = await nodeAs(name);
    const look = await sandbox.write("look.mjs", LOOK);
    const start = "process.stdout.write(require('child_process').execFileSync(process.argv[1], [process.argv[2]]))";
    const found = execFileSync(file, ["-e", start, process.execPath, look], { encoding: "utf8" }).trim();
    expect(found).toBe(runtime === undefined ? "undefined" : JSON.stringify({ name: runtime, file }));
  });

  test("behind a launcher is that of the launcher's caller", async () => {
    const file = await nodeAs("elsewhere/bun");
    const take = `import { takeLauncherEnvironment } from ${JSON.stringify(CALLER_PID)}; takeLauncherEnvironment();`;
    const look = await sandbox.write("look.mjs", `${take}${LOOK}`);
    const run = "process.stdout.write(require('child_process').execFileSync";
    const launcher = await sandbox.write(
      "launcher.cjs",
      `process.env.XSYS_PARENT = process.ppid;${run}(process.execPath, [${JSON.stringify(look)}]))`,
    );
    const words = ["-e", `${run}(process.argv[1], [process.argv[2]]))`, process.execPath, launcher];
    expect(execFileSync(file, words, { encoding: "utf8" }).trim()).toBe(JSON.stringify({ name: "bun", file }));
  });

  test("is unknown if the process has ended or is not the parent", async () => {
    const child = children.add(spawn(process.execPath, ["-e", ""]));
    await once(child, "exit");
    for (const pid of [child.pid, process.pid]) expect(await parentRuntime(pid)).toBeUndefined();
  });
});

describe("a worker's command", () => {
  const values = (script: string) => ({
    cluster: true,
    "entry-point": script,
    "worker-command": undefined,
    "cluster-max-memory": 64 * 1024 ** 2,
    "gc-hint": false,
  });
  const under = (name: "node" | "bun", file: string) => () => Promise.resolve({ name, file });

  test("uses the parent's runtime for XyPriss's client", async () => {
    for (const ending of ["js", "mjs", "ts"]) {
      const script = await sandbox.write(`app.${ending}`, "");
      expect(await workerCommand(values(script), true, under("bun", "/opt/bun"))).toEqual(["/opt/bun", script]);
    }
    const script = sandbox.path("app.mjs");
    const node = await workerCommand(values(script), true, under("node", "/opt/node"));
    expect(node).toEqual(["/opt/node", "--max-old-space-size=64", script]);
  });

  test("for TypeScript uses the parent's Node if that runs TypeScript, and otherwise the default", async () => {
    const script = await sandbox.write("app.mts", "");
    const own = process.execPath;
    expect((await workerCommand(values(script), true, under("node", own)))?.[0]).toBe(own);
    const old = await sandbox.write("old/node", "#!/bin/sh\necho undefined\n", 0o755);
    const without = await workerCommand(values(script), true, async () => undefined);
    expect(await workerCommand(values(script), true, under("node", old))).toEqual(without);
    expect([await runsTypeScript(own), await runsTypeScript(old), await runsTypeScript("/gone")]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("does not depend on the parent for other callers", async () => {
    const script = await sandbox.write("app.js", "");
    const asked = () => Promise.reject(new Error("nobody is to look"));
    expect((await workerCommand(values(script), false, asked))?.at(-1)).toBe(script);
  });
});
