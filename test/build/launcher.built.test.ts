import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { rm, symlink } from "node:fs/promises";
import { spawn as spawnInTerminal } from "node-pty";
import { beforeEach, describe, expect, test } from "vitest";
import { bundleLauncher } from "../../scripts/build/npm/launcher.ts";
import { useChildren } from "../support/children.ts";
import { type Ended, ended } from "../support/command-line.ts";
import { useSandbox } from "../support/sandbox.ts";
import { oldestNode } from "./oldest-node.ts";

const sandbox = useSandbox();
const children = useChildren();

/** The program that the launcher runs in place of the executable. Its first argument selects what it does. */
const PROGRAM = `#!${process.execPath}
const [act, ...words] = process.argv.slice(2);
const acts = {
  words: () => process.stdout.write(JSON.stringify(words)),
  pid: () => process.stdout.write(String(process.pid)),
  caller: () => process.stdout.write(process.env.XSYS_PARENT ?? String(process.ppid)),
  echo: () => process.stdin.pipe(process.stdout),
  exit: () => process.exit(Number(words[0])),
  die: () => process.kill(process.pid, words[0]),
  terminal: () => process.stdout.write(JSON.stringify([process.stdin, process.stdout].map(({ isTTY }) => isTTY === true))),
  signals: () => {
    for (const name of words) process.on(name, () => process.stdout.write(name + " ") && name === "SIGTERM" && process.exit(5));
    process.stdin.resume().on("end", () => process.exit(1)); // when the parent has ended
    process.stdout.write("ready ");
  },
};
acts[act]();
`;

beforeEach(async () => {
  const folder = `node_modules/xsys-${process.platform}-${process.arch}`;
  await sandbox.write(`${folder}/package.json`, "{}");
  await sandbox.write(`${folder}/xsys`, PROGRAM, 0o755);
  await sandbox.write("no-execve.cjs", "delete process.execve;");
  await bundleLauncher(sandbox.path("node_modules/xsys/bin/xsys.cjs"));
});

interface Way {
  readonly title: string;
  /** The command that runs the launcher. */
  words(): Promise<readonly string[]>;
}

const WAYS: readonly Way[] = [
  { title: "by execve", words: async () => [process.execPath] },
  { title: "as a child", words: async () => [process.execPath, "--require", sandbox.path("no-execve.cjs")] },
  { title: "under the oldest Node of this machine", words: async () => [(await oldestNode()).file] },
];

describe.skipIf(process.platform === "win32").each(WAYS)("the package's program runs the executable $title", (way) => {
  /** Starts it in a new session, so that the terminal of the test run sends it no signals. */
  async function start(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
    const [node = "", ...options] = await way.words();
    const launcher = sandbox.path("node_modules/xsys/bin/xsys.cjs");
    return children.add(
      spawn(node, [...options, launcher, ...words], { detached: true, env: { ...process.env, ...env } }),
    );
  }

  test("with its arguments unchanged", async () => {
    const words = ["", "a b", "--flag=ü", "'\"$x", "two\nlines", "--", "-e"];
    expect(await ended(await start(["words", ...words]))).toEqual({
      ...{ status: 0, signal: null, stderr: "" },
      stdout: JSON.stringify(words),
    });
  });

  test("with its standard streams", async () => {
    const sent = randomBytes(300_000).toString("hex");
    const child = await start(["echo"]);
    child.stdin?.end(sent);
    expect((await ended(child)).stdout === sent).toBe(true);
  });

  test.each([0, 69])("and exits with its exit status: %i", async (status) => {
    expect(await ended(await start(["exit", `${status}`]))).toMatchObject({ status, signal: null });
  });

  test.each(["SIGKILL", "SIGINT"] as const)("and ends with the same signal: %s", async (signal) => {
    expect(await ended(await start(["die", signal]))).toMatchObject({ status: null, signal });
  });

  test("and forwards signals to it", async () => {
    const signals = ["SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR2", "SIGTERM"] as const;
    const child = await start(["signals", ...signals]);
    const closed = once(child, "close");
    let told = await printedUntil(child, "ready");
    for (const signal of signals) {
      child.kill(signal);
      told += await printedUntil(child, signal);
    }
    child.stdout?.resume();
    expect(told.trim().split(/ +/)).toEqual(["ready", ...signals]);
    expect(await closed).toEqual([5, null]);
  });

  test("in a terminal, where Ctrl-C reaches it once", async () => {
    expect((await inTerminal(["terminal"])).text).toBe("[true,true]");
    const { text, status } = await inTerminal(["signals", "SIGINT", "SIGTERM"], {
      ready: (terminal) => terminal.write("\x03"),
      // The launcher forwards signals in order, so a second SIGINT would arrive before SIGTERM.
      SIGINT: (terminal) => process.kill(terminal.pid, "SIGTERM"),
    });
    expect({ text: text.replace("^C", "").split(/ +/), status }).toEqual({
      text: ["ready", "SIGINT", "SIGTERM", ""],
      status: 5,
    });
  });

  interface Terminal {
    readonly pid: number;
    write(text: string): void;
  }

  /** Runs it in a pseudo-terminal. Each function in `on` is called when its word is first printed. */
  async function inTerminal(words: readonly string[], on: Record<string, (terminal: Terminal) => void> = {}) {
    const [node = "", ...options] = await way.words();
    const launcher = sandbox.path("node_modules/xsys/bin/xsys.cjs");
    const terminal = spawnInTerminal(node, [...options, launcher, ...words], {});
    const left = new Map(Object.entries(on));
    let text = "";
    terminal.onData((data) => {
      text += data;
      for (const [word, act] of left) {
        if (!text.includes(`${word} `)) continue;
        left.delete(word);
        act(terminal);
      }
    });
    const status = await new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
    return { text, status };
  }

  test("that XSYS_PATH names, but never itself in an endless loop", async () => {
    const other = await sandbox.write("other", "#!/bin/sh\necho other\n", 0o755);
    expect(await ended(await start(["words"], { XSYS_PATH: other }))).toMatchObject({ stdout: "other\n" });
    await symlink("node_modules/xsys/bin/xsys.cjs", sandbox.path("link"));
    const itself = await start(["words"], { XSYS_PATH: sandbox.path("link") });
    expect(await ended(itself)).toMatchObject({ status: 0, stdout: "[]" });
  });

  test("of the package if XSYS_PATH names a script that runs the launcher again", async () => {
    const [node = "", ...options] = await way.words();
    const launcher = sandbox.path("node_modules/xsys/bin/xsys.cjs");
    const line = [node, ...options, launcher].map((word) => `'${word}'`).join(" ");
    const shim = await sandbox.write("shim", shimOf(line), 0o755);
    expect(await ended(await start(["words", "a b"], { XSYS_PATH: shim }))).toMatchObject({
      ...{ status: 0, stderr: "" },
      stdout: '["a b"]',
    });
    await rm(sandbox.path("node_modules", `xsys-${process.platform}-${process.arch}`), { recursive: true });
    const missing = await ended(await start(["words"], { XSYS_PATH: shim }));
    expect(missing).toMatchObject({ status: 69, stdout: "" });
    expect(missing.stderr).toContain(`xsys: XSYS_PATH names ${shim}, which runs this launcher again, and the package `);
  });

  test("and passes it the caller's pid, through any number of launchers", async () => {
    const [node = "", ...options] = await way.words();
    const line = [node, ...options, sandbox.path("node_modules/xsys/bin/xsys.cjs")]
      .map((word) => `'${word}'`)
      .join(" ");
    const shim = await sandbox.write("shim", shimOf(line), 0o755);
    for (const XSYS_PATH of [undefined, shim]) {
      const env = { XSYS_PATH, XSYS_PARENT: "1" };
      expect(await ended(await start(["caller"], env))).toMatchObject({ stdout: `${process.pid}` });
    }
  });

  test("or reports why it cannot be run", async () => {
    const gone = await ended(await start(["words"], { XSYS_PATH: sandbox.path("gone") }));
    expect(gone).toMatchObject({
      ...{ status: 69, stdout: "" },
      stderr: `xsys: XSYS_PATH names ${sandbox.path("gone")}, which is not an executable file\n`,
    });
  });
});

describe.skipIf(process.platform === "win32")("a file that the system cannot run", () => {
  /** With an execve that aborts the process on failure, as in Node 22.15 to 24. This Node's does not. */
  async function run(file: string, before = ""): Promise<Ended> {
    const abort = "process.execve = () => { console.error('execve failed'); process.abort(); };";
    const preload = await sandbox.write("preload.cjs", `${abort}${before}`);
    const launcher = sandbox.path("node_modules/xsys/bin/xsys.cjs");
    const env = { ...process.env, XSYS_PATH: file };
    return ended(children.add(spawn(process.execPath, ["--require", preload, launcher, "a b"], { env })));
  }

  test("is reported with the reason, and without a stack", async () => {
    const file = await sandbox.write("broken", "#!/no/such/loader\n", 0o755);
    const stderr = `xsys: ${file} could not be started: the interpreter /no/such/loader of ${file} does not exist\n`;
    for (const before of ["", MUSL]) {
      expect(await run(file, before)).toMatchObject({ status: 69, stdout: "", stderr });
    }
  });

  test.runIf(process.platform === "linux")("because it needs glibc is reported with advice", async () => {
    const file = await sandbox.write("glibc", "#!/no/ld-linux-x86-64.so.2\n", 0o755);
    const { status, stderr } = await run(file, MUSL);
    expect({ status, stderr }).toEqual({
      status: 69,
      stderr:
        `xsys: ${file} could not be started: the interpreter /no/ld-linux-x86-64.so.2 of ${file} does not exist; there is no ` +
        `package with an executable for linux-${process.arch} with musl, only with glibc: build one from the sources\n`,
    });
  });

  test("is run by a shell if it is a script without an interpreter line", async () => {
    const file = await sandbox.write("script", 'echo "one: $1"\n', 0o755);
    expect(await run(file)).toMatchObject({ status: 0, stdout: "one: a b\n", stderr: "" });
  });
});

/** Makes Node's diagnostic report look like that of a build for musl. */
const MUSL = "process.report.getReport = () => ({ header: {} });";

/** A script that runs the launcher, as pnpm writes it. Its fourth run fails, so that an endless loop fails the test. */
function shimOf(line: string): string {
  return `#!/bin/sh
[ "\${SHIM_RUNS:-}" = 111 ] && { echo "the shim was started four times" >&2; exit 3; }
export SHIM_RUNS="\${SHIM_RUNS:-}1"
exec ${line} "$@"
`;
}

/** Reads what a child prints up to a word, and leaves the stream open. */
async function printedUntil(child: ChildProcess, word: string): Promise<string> {
  let text = "";
  for await (const chunk of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    text += chunk;
    if (text.includes(word)) return text;
  }
  throw new Error(`the program ended and printed: ${text}`);
}
