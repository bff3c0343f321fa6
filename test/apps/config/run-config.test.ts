import { symlink } from "node:fs/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import { loadConfig } from "../../../internal/apps/config/load-config.ts";
import type { LoadOptions } from "../../../internal/apps/config/load-options.ts";
import { isRunning } from "../../support/process-state.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
afterEach(() => void vi.useRealTimers());

async function run(text: string, name = "xsys.config.mjs", options: Partial<LoadOptions> = {}) {
  await sandbox.write(name, text);
  let printed = "";
  const output = (bytes: Uint8Array) => {
    printed += Buffer.from(bytes).toString();
  };
  const context = { env: {}, node: () => process.execPath, cwd: sandbox.root, output, ...options };
  const { apps } = await loadConfig(name, context);
  return { app: apps[0], printed };
}

describe("a configuration that is a program", () => {
  test.each([
    ["an object", "xsys.config.mjs", 'export default { entry: "x" }'],
    ["a promise", "xsys.config.mjs", 'export default Promise.resolve({ entry: "x" })'],
    ["a function", "xsys.config.mjs", "export default ({ env }) => ({ entry: env.WHAT })"],
    ["an async function", "xsys.config.mjs", "export default async ({ envName }) => ({ entry: envName })"],
    ["named exports", "xsys.config.mjs", 'export const apps = [{ entry: "x" }]'],
    ["module.exports", "xsys.config.cjs", 'module.exports = { entry: "x" }'],
    ["a function in CommonJS", "xsys.config.cjs", 'module.exports = () => ({ entry: "x" })'],
    ["a compiled module", "xsys.config.cjs", 'exports.__esModule = true; exports.default = { entry: "x" }'],
    ["types", "xsys.config.ts", 'interface A { entry: string } export default { entry: "x" } satisfies A'],
    [
      "other files",
      "xsys.config.ts",
      'import { readFileSync } from "node:fs"; export default JSON.parse(readFileSync("x.json", "utf8"))',
    ],
  ])("may export %s", async (_, name, text) => {
    await sandbox.write("x.json", '{ "entry": "x" }');
    expect((await run(text, name, { env: { WHAT: "x" }, envName: "x" })).app?.entry).toBe("x");
  });

  test("may print, and keep its process busy", async () => {
    const text = `
      console.log("out");
      console.error("err");
      setInterval(() => {}, 1000);
      process.on("exit", () => { for (;;); });
      export default { entry: "x", env: { TEXT: ${JSON.stringify("ü".repeat(100_000))} } };`;
    const { app, printed } = await run(text);
    expect(app?.env?.TEXT).toHaveLength(100_000);
    expect(printed.split("\n").toSorted()).toEqual(["", "err", "out"]);
  });

  test("runs with the Node in PATH", async () => {
    await sandbox.write("bin/node", `#!/bin/sh\nWHICH=mine exec "${process.execPath}" "$@"\n`, 0o755);
    const text = "export default { entry: process.env.WHICH }";
    expect((await run(text, "xsys.config.mjs", { env: { PATH: sandbox.path("bin") } })).app?.entry).toBe("mine");
  });

  test("in TypeScript runs with another Node if the one in PATH is too old", async () => {
    await sandbox.write("bin/node", "#!/bin/sh\necho false\n", 0o755);
    const env = { PATH: sandbox.path("bin") };
    expect((await run('export default { entry: "x" as string }', "xsys.config.ts", { env })).app?.entry).toBe("x");
    const node = () => sandbox.path("bin/node");
    await expect(run("", "xsys.config.ts", { env, node })).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });

  test("reports the place of an error behind a symbolic link, too", async () => {
    await sandbox.write("real/a.mjs", '\n  throw new Error("no database")');
    await symlink("real/a.mjs", sandbox.path("a.mjs"));
    const failure = loadConfig("a.mjs", { env: {}, node: () => process.execPath, cwd: sandbox.root });
    await expect(failure).rejects.toThrow(`the configuration ${sandbox.path("a.mjs")} failed: no database (line 2:9)`);
  });
});

describe("a configuration that fails", () => {
  test.each([
    ["throws", "xsys.config.mjs", '\nthrow new Error("no database")', "failed: no database (line 2:7)"],
    ["throws no error", "xsys.config.mjs", "throw undefined", "failed: undefined"],
    ["rejects", "xsys.config.mjs", 'export default Promise.reject(new Error("no"))', "failed: no (line 1:"],
    ["is no JavaScript", "xsys.config.mjs", "export default {", "failed: Unexpected end of input"],
    ["imports what does not exist", "xsys.config.mjs", "import './gone.mjs'", "failed: Cannot find module"],
    ["needs more than types removed", "xsys.config.ts", "enum A { B }", "write it without enum and namespace"],
    ["exports a number", "xsys.config.mjs", "export default 1", "failed: it exports no object and no list"],
    [
      "exports a function in a field",
      "xsys.config.mjs",
      "export default { entry() {} }",
      'the value of "entry" cannot be part',
    ],
    ["exports a circle", "xsys.config.mjs", "const a = {}; a.a = a; export default a", "circular"],
    [
      "has a name that changes the type",
      "xsys.config.mjs",
      'export default { ["__proto__"]: 1 }',
      "the name __proto__ is not allowed",
    ],
    ["ends with 0", "xsys.config.mjs", "process.exit(0)", "has exported nothing: its process ended with exit code 0"],
    ["ends by a signal", "xsys.config.mjs", 'process.kill(process.pid, "SIGKILL")', "its process was ended by SIGKILL"],
    [
      "waits without an end",
      "xsys.config.mjs",
      "await new Promise(() => {})",
      "waits for a promise that is never settled",
    ],
    [
      "fails later",
      "xsys.config.mjs",
      "setTimeout(() => { throw 1 }); await new Promise(r => setTimeout(r, 1000, 0)); process.exit(9)",
      "ended with exit code 1",
    ],
    [
      "sends no JSON",
      "xsys.config.mjs",
      'import { writeSync } from "node:fs"; writeSync(3, "garbage"); process.exit()',
      "has exported no JSON",
    ],
  ])("because it %s, has a message", async (_, name, text, message) => {
    const failure = run(text, name);
    await expect(failure).rejects.toMatchObject({ code: "INVALID_DATA", message: expect.stringContaining(message) });
    await expect(failure).rejects.toThrow(`the configuration ${sandbox.path(name)}`);
  });

  test("because it exports more than 1 MiB, is refused", async () => {
    const text = 'export default { entry: "x".repeat(2 * 1024 ** 2) }';
    await expect(run(text)).rejects.toMatchObject({ code: "TOO_LARGE" });
  });

  test("by printing without an end, is ended, and its output is bounded", async () => {
    let size = 0;
    const controller = new AbortController();
    const output = (bytes: Uint8Array) => {
      size += bytes.length;
      if (size === 1024 ** 2) controller.abort(new Error("enough"));
    };
    const text = 'import { writeSync } from "node:fs"; for (;;) writeSync(1, "x".repeat(65_536))';
    await expect(run(text, "xsys.config.mjs", { output, signal: controller.signal })).rejects.toThrow("enough");
    expect(size).toBe(1024 ** 2);
  });

  test("by not ending, is ended with its children after ten seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const text = `
      import { spawn } from "node:child_process";
      import { writeSync } from "node:fs";
      const { pid } = spawn("sleep", ["1000"]);
      setTimeout(() => { writeSync(1, process.pid + " " + pid); for (;;); }, 1);
      await new Promise(() => {});`;
    const { promise: printed, resolve: output } = Promise.withResolvers<Uint8Array>();
    const over = vi.fn();
    const options = { output, env: { PATH: "/usr/bin:/bin" }, node: () => process.execPath };
    const running = run(text, "xsys.config.mjs", options).finally(over);
    running.catch(() => {}); // awaited below
    const pids = Buffer.from(await printed)
      .toString()
      .split(" ")
      .map(Number);
    expect(pids).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(9_999);
    expect([over.mock.calls.length, pids.every(isRunning)]).toEqual([0, true]);
    vi.advanceTimersByTime(1);
    await expect(running).rejects.toMatchObject({
      code: "TIMEOUT",
      message: expect.stringContaining("did not end within 10 seconds"),
    });
    for (const pid of pids) await expect.poll(() => isRunning(pid)).toBe(false);
  });
});
