import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useChildren } from "../support/children.ts";
import { ended } from "../support/command-line.ts";
import { EXECUTABLE, FRONT, type Home, loneFront, makeHome, serveIn } from "./support/fronts.ts";

const { spawn: spawnTerminal } = createRequire(import.meta.url)("node-pty") as typeof import("node-pty");

const OPTIONS = { timeout: 60_000 };
const children = useChildren();
let home: Home;
let service: ChildProcess;
let lone: string;

beforeAll(async () => {
  home = await makeHome();
  service = await serveIn(home);
  lone = await loneFront(home);
  await mkdir(join(home.folder, "files"));
  for (const name of ["a", "b with spaces", "grün"])
    await writeFile(join(home.folder, "files", name), name.repeat(1_000));
});
afterAll(async () => {
  service.kill("SIGKILL");
  await home.remove();
});

/** The front cannot hand over, so a service runs its commands. */
const PROGRAMS = (): [string, string][] => [
  ["the executable", EXECUTABLE],
  ["the front", lone],
];

function start(program: string, words: readonly string[], shell?: string): ChildProcess {
  const options = { cwd: home.folder, env: home.env };
  if (shell === undefined) return children.add(spawn(program, words, options));
  return children.add(spawn("bash", ["-c", shell, program, ...words], options));
}

async function both<T>(outcome: (program: string) => Promise<T>): Promise<T> {
  const outcomes: T[] = [];
  for (const [, program] of PROGRAMS()) outcomes.push(await outcome(program));
  expect(outcomes[1]).toEqual(outcomes[0]);
  return outcomes[1] as T;
}

/** Whether a process has a handler for a signal: proc_pid_status(5). */
async function catches({ pid }: ChildProcess, signal: number): Promise<boolean> {
  const [, caught = "0"] = /^SigCgt:\t(\w+)$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return ((BigInt(`0x${caught}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

describe("signals", () => {
  /** Starts a command that runs until it is interrupted, and waits until it has printed something. */
  async function monitoring(program: string): Promise<ChildProcess> {
    const child = start(program, ["--json", "monitor", "system", "--interval", "0.1"]);
    await once(child.stdout as NodeJS.ReadableStream, "data");
    child.stdout?.resume();
    return child;
  }

  test.each(["SIGINT", "SIGTERM"] as const)("%s ends an endless command", OPTIONS, async (signal) => {
    const end = await both(async (program) => {
      const child = await monitoring(program);
      child.kill(signal);
      return once(child, "exit");
    });
    expect(end).toEqual([signal === "SIGINT" ? 130 : 143, null]);
  });

  test("a signal cancels a command that waits for input", OPTIONS, async () => {
    const end = await both(async (program) => {
      const child = start(program, ["--json", "fs", "write", "cancelled.txt"]);
      child.stdin?.write("begun");
      await expect.poll(async () => (await readdir(home.folder)).some((name) => name.startsWith(".xsys-"))).toBe(true);
      await expect.poll(() => catches(child, 2)).toBe(true); // the service may have begun before the front reads it
      const outcome = ended(child);
      child.kill("SIGINT"); // the input stays open: its end could complete the command first
      const { status, stdout } = await outcome;
      child.stdin?.destroy();
      return [status, stdout];
    });
    expect(end).toEqual([75, expect.stringContaining("was interrupted by SIGINT")]);
  });

  test("a second signal of the same kind ends the front itself", OPTIONS, async () => {
    const child = start(lone, ["fs", "write", "second.txt"]);
    const end = once(child, "exit");
    service.kill("SIGSTOP");
    try {
      await expect
        .poll(async () => (await readFile(`/proc/${child.pid}/status`, "utf8")).includes("SigCgt:\t0000000000000000"))
        .toBe(true);
      child.kill("SIGTERM");
      expect(await end).toEqual([null, "SIGTERM"]); // it still waited for the answer to Hello: the usual action
    } finally {
      service.kill("SIGCONT");
    }
  });
});

describe("output", () => {
  test("a reader that is gone ends the command silently", OPTIONS, async () => {
    const end = await both(async (program) => {
      const child = start(program, ["fs", "cat", "/etc/passwd"], '"$0" "$@" | true; echo "$PIPESTATUS"');
      return ended(child);
    });
    expect(end).toMatchObject({ status: 0, stdout: "0\n", stderr: "" });
  });

  test("a reader that leaves during a long output", OPTIONS, async () => {
    await writeFile(join(home.folder, "long"), "line\n".repeat(2_000_000));
    const end = await both(async (program) => {
      return ended(start(program, ["fs", "cat", "long"], '"$0" "$@" | head -n 2; echo "$PIPESTATUS"'));
    });
    expect(end).toMatchObject({ stdout: "line\nline\n0\n", stderr: "" });
  });

  test("a full disk", OPTIONS, async () => {
    const end = await both((program) => ended(start(program, ["fs", "ls", "files"], 'exec "$0" "$@" > /dev/full')));
    expect(end).toMatchObject({ status: 74, stderr: expect.stringContaining("no space left on device") });
  });

  test("a standard error that cannot be written", OPTIONS, async () => {
    await both((program) => ended(start(program, ["fs", "read", "missing"], 'exec "$0" "$@" 2> /dev/full')));
  });

  test("a closed standard output", OPTIONS, async () => {
    const outcome = async (program: string) => ended(start(program, ["fs", "read", "missing"], 'exec "$0" "$@" >&-'));
    expect(await outcome(FRONT)).toEqual(await outcome(EXECUTABLE));
  });

  test("a reader that pauses gets everything", OPTIONS, async () => {
    await writeFile(join(home.folder, "paused"), Buffer.alloc(3_000_000, "0123456789"));
    const child = start(lone, ["fs", "cat", "paused"]);
    child.stdout?.pause();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { stdout, status } = await ended(child);
    expect([status, stdout.length]).toEqual([0, 3_000_000]);
  });
});

describe("input", () => {
  test.each([
    ["an open pipe that never ends", '"$0" "$@"'],
    ["no input", '"$0" "$@" < /dev/null'],
    ["a directory", '"$0" "$@" < .'],
    ["a closed descriptor", '"$0" "$@" <&-'],
  ])("%s", OPTIONS, async (_, shell) => {
    const outcome = async (program: string) => {
      const child = start(program, ["path", "join", "a", "b"], shell);
      return ended(child);
    };
    expect(await outcome(FRONT)).toEqual(await outcome(EXECUTABLE));
  });

  test("a directory as the input of a command that reads it", OPTIONS, async () => {
    await both((program) => ended(start(program, ["--json", "fs", "write", "from-folder"], '"$0" "$@" < .')));
  });

  test("bytes pass unchanged, and none is lost", OPTIONS, async () => {
    const bytes = Buffer.from(Array.from({ length: 1_000_000 }, (_, at) => (at * 7) & 255));
    const child = start(lone, ["fs", "write", "bytes"]);
    child.stdin?.end(bytes);
    expect((await ended(child)).status).toBe(0);
    expect(await readFile(join(home.folder, "bytes"))).toEqual(bytes);
    const written = start(lone, ["fs", "cat", "bytes"]);
    const chunks: Buffer[] = [];
    written.stdout?.on("data", (chunk) => chunks.push(chunk));
    await once(written, "close");
    expect(Buffer.concat(chunks)).toEqual(bytes);
  });
});

describe("on a terminal", () => {
  /** Everything that a program prints on a terminal of this width. */
  async function shown(program: string, words: string[], cols: number, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const terminal = spawnTerminal(program, words, {
      cols,
      rows: 30,
      cwd: home.folder,
      env: { ...home.env, TERM: "xterm-256color", ...env } as Record<string, string>,
    });
    let text = "";
    terminal.onData((data) => {
      text += data;
    });
    await new Promise<void>((resolve) => terminal.onExit(() => resolve()));
    return text;
  }

  test.each([
    ["a table in 60 columns", ["service", "commands"], 60, {}],
    ["a table in 200 columns", ["service", "commands"], 200, {}],
    ["colours", ["fs", "stats", "files"], 80, {}],
    ["NO_COLOR", ["fs", "stats", "files"], 80, { NO_COLOR: "1" }],
    ["TERM=dumb", ["fs", "stats", "files"], 80, { TERM: "dumb" }],
    ["help in 50 columns", ["fs", "copy", "--help"], 50, {}],
    ["an error", ["fs", "read", "missing"], 80, {}],
  ] as const)("%s", OPTIONS, async (_, words, cols, env) => {
    const texts: string[] = [];
    for (const [, program] of PROGRAMS()) texts.push(await shown(program, [...words], cols, env));
    expect(texts[1]).toBe(texts[0]);
    expect(texts[1]?.length).toBeGreaterThan(20);
  });

  test("a new size is used", OPTIONS, async () => {
    const terminal = spawnTerminal(lone, ["monitor", "system", "--interval", "0.2"], {
      cols: 120,
      rows: 30,
      cwd: home.folder,
      env: { ...home.env, TERM: "xterm" } as Record<string, string>,
    });
    let last = "";
    terminal.onData((data) => {
      last = data;
    });
    try {
      await expect.poll(() => last.length).toBeGreaterThan(60);
      terminal.resize(30, 30);
      await expect.poll(() => last.replaceAll("\r\u001b[2K", "").length).toBeLessThan(30);
    } finally {
      terminal.kill("SIGKILL");
    }
  });
});
