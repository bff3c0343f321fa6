import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { MAIN_EXECUTABLE } from "../../clients/front/build.ts";
import { hasFront } from "../../scripts/build/front.ts";
import { xsysPackage } from "../../scripts/build/npm/xsys-package.ts";
import { programNames } from "../../scripts/build/platform.ts";
import { useChildren } from "../support/children.ts";
import { type Ended, ended } from "../support/command-line.ts";
import { PROGRAM } from "../support/program.ts";
import { useSandbox } from "../support/sandbox.ts";
import { signalProcess } from "../support/signal-process.ts";

const OPTIONS = { timeout: 60_000 };

const sandbox = useSandbox();
const children = useChildren();
let folder = "";
let alone = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xsys-built-"));
  alone = join(folder, "xsys");
  await cp(PROGRAM[0], alone);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  for (const folder of ["home", "tmp", "run"]) await mkdir(sandbox.path(folder), { mode: 0o700 });
});

interface Started {
  readonly child: ChildProcess;
  readonly end: Promise<Ended>;
  /** Resolves with everything printed so far, once that matches. */
  until(pattern: RegExp): Promise<string>;
}

/** Starts it with an empty PATH, so that there is no Node, and with the test's own directories. */
function start(words: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const [HOME, TMPDIR, XDG_RUNTIME_DIR] = ["home", "tmp", "run"].map((name) => sandbox.path(name));
  const own = { PATH: "", HOME, TMPDIR, XDG_RUNTIME_DIR, ...env };
  const child = children.add(spawn(alone, words, { cwd: sandbox.root, env: own }));
  child.stdin.end();
  const end = ended(child);
  let text = "";
  child.stdout.on("data", (bytes) => {
    text += bytes;
  });
  const isOver = end.then(({ status, stderr }) => Promise.reject(new Error(`it ended with ${status}: ${stderr}`)));
  isOver.catch(() => {});
  const until = async (pattern: RegExp) => {
    while (!pattern.test(text)) await Promise.race([once(child.stdout, "data"), isOver]);
    return text;
  };
  return { child, end, until };
}

function run(...words: string[]): Promise<Ended> {
  return start(words).end;
}

async function dataOf(...words: string[]): Promise<unknown> {
  const { status, stdout, stderr } = await run(...words, "--json");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return JSON.parse(stdout).data;
}

describe.skipIf(process.platform === "win32")(
  "the executable, alone in a directory and with no Node on PATH",
  OPTIONS,
  () => {
    test("prints information about the machine, and leaves no files", async () => {
      expect(await dataOf("sys", "info")).toMatchObject({ architecture: process.arch });
      expect(await readdir(sandbox.path("home"))).toEqual([]);
      expect(await readdir(sandbox.path("tmp"))).toEqual([]);
    });

    test("prints its version, the commit it was built from, and its Node version", async () => {
      const { stdout } = await run("--version");
      expect(stdout).toMatch(/^xsys \d+\.\d+\.\d+ \((commit [0-9a-f]{12}\+?|source), Node 2\d\.\d+\.\d+\)\n$/);
    });

    test("prints help and completions", async () => {
      expect((await run("fs", "hash", "--help")).stdout).toContain("Usage: xsys fs hash <path>");
      expect((await run("__complete", "fs", "has")).stdout).toBe("hash\n");
    });

    test("serves, answers calls that run in threads, and stops", async () => {
      await sandbox.write("a.txt", "one\ntwo\n");
      const service = start(["serve"]);
      await service.until(/listens on .*\n(.*\n)* {2}xsys --connect sys info\n/);
      const hash = createHash("sha256").update("one\ntwo\n").digest("hex");
      expect(await dataOf("--connect", "fs", "hash", "a.txt")).toEqual({ hash });
      expect(await dataOf("--connect", "search", "grep", ".", "^t[w]o$")).toMatchObject([{ line: 2 }]);
      await run("stop");
      expect(await service.end).toMatchObject({ status: 0, signal: null });
    });

    test("watches files", async () => {
      const watching = start(["watch", "files", ".", "--json"]);
      await watching.until(/"ready"/);
      await sandbox.write("new.txt", "");
      await watching.until(/"create".*new\.txt/);
      watching.child.kill("SIGINT");
      expect((await watching.end).status).toBe(130);
    });

    test("runs programs in terminals with a native module unpacked into a directory of this user", async () => {
      const terminals = [1, 2, 3].map((n) => run("terminal", "run", "/bin/sh", "-c", `echo $((${n} + 10))`));
      expect((await Promise.all(terminals)).map(({ stdout }) => stdout.trim())).toEqual(["11", "12", "13"]);
      const cache = sandbox.path("home", ".cache", "xsys");
      const [folder = "", ...others] = await readdir(cache);
      expect(others).toEqual([]);
      expect((await stat(join(cache, folder))).mode & 0o777).toBe(0o700);
      expect(await readdir(join(cache, folder))).toContain("pty.node");
    });

    test("gives an application's workers a Node that accepts all of Node's options", async () => {
      await xsysPackage(sandbox.path("app/node_modules/xsys"));
      await sandbox.write("app/package.json", JSON.stringify({ type: "module" }));
      const file = await sandbox.write("app/app.ts", APPLICATION);
      await sandbox.write("app/child.mjs", CHILD);
      const required = await sandbox.write("app/required.cjs", "globalThis.required = true;");
      const words = ["--cluster", "--cluster-workers=1", `--entry-point=${file}`, "--port=0", "--host=127.0.0.1"];
      const env = { NODE_OPTIONS: `--require ${required}` };
      const server = start(["server", "start", ...words, "--cluster-max-memory=333", "--gc-hint"], env);
      const [, address] = /listening on (\S+)\n/.exec(await server.until(/listening on .*\n/)) ?? [];
      const answer = await fetch(`http://${address}/hello`);
      expect(await answer.json()).toEqual({
        by: expect.stringMatching(/\/home\/\.cache\/xsys\/node-[^/]+\/node$/),
        file,
        types: "stripped",
        options: ["--max-old-space-size=333", "--expose-gc"],
        heapIsSmall: true,
        gc: "function",
        required: true,
        version: process.version,
        ran: "ran a b",
        evaluated: "evaluated",
        forked: { argv: ["c"], execArgv: ["--stack-trace-limit=7"] },
      });
      server.child.kill("SIGTERM");
      expect((await server.end).status).toBe(0);
    });

    test("restarts a worker after its cache was deleted", async () => {
      const file = await sandbox.write("app.mjs", "console.log('up', process.pid); setInterval(() => {}, 1e9);");
      const words = ["--cluster", "--cluster-workers=1", `--entry-point=${file}`, "--port=0", "--host=127.0.0.1"];
      const server = start(["server", "start", ...words]);
      const [, pid] = /up (\d+)/.exec(await server.until(/up \d+/)) ?? [];
      await rm(sandbox.path("home", ".cache"), { recursive: true });
      signalProcess(Number(pid), "SIGKILL");
      await server.until(/up \d+.*up \d+/s);
      server.child.kill("SIGTERM");
      expect((await server.end).status).toBe(0);
    });

    test("ignores NODE_OPTIONS, and treats no argument as an option of Node", async () => {
      const env = { NODE_OPTIONS: "--require ./gone.js", FORCE_COLOR: "1", NO_COLOR: "1" };
      const { end } = start(["--signature", "0", "path", "basename", "--node-options=--require=gone"], env);
      expect(await end).toMatchObject({ status: 0, stdout: "--node-options=--require=gone\n", stderr: "" });
    });

    test("has the names that XyPriss's client looks for: the native front, with the executable beside it", async () => {
      const inodeOf = async (name: string) => (await stat(join(dirname(PROGRAM[0]), name))).ino;
      const others = programNames().filter((name) => name !== basename(PROGRAM[0]));
      expect(others).toContain(`xhsc-${process.platform}-${process.arch === "arm64" ? "arm64" : "amd64"}`);
      const inodes = new Set(await Promise.all(others.map(inodeOf)));
      expect(inodes.size).toBe(1);
      const executable = await inodeOf(basename(PROGRAM[0]));
      expect(inodes.has(executable)).toBe(!hasFront());
      if (hasFront()) expect(await inodeOf(MAIN_EXECUTABLE)).toBe(executable);
    });
  },
);

const APPLICATION = `
import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { getHeapStatistics } from "node:v8";
import { serveWorker } from "xsys/worker";
const types: string = "stripped";
const child = new URL("./child.mjs", import.meta.url).pathname;
const node = (...words: string[]) => execFileSync(process.execPath, words, { encoding: "utf8" }).trim();
await serveWorker(async () => {
  const [forked] = await once(fork(child, ["c"], { execArgv: ["--stack-trace-limit=7"] }), "message");
  return Response.json({
    by: process.execPath, file: process.argv[1], types, options: process.execArgv, required: (globalThis as any).required,
    heapIsSmall: getHeapStatistics().heap_size_limit < 600 * 1024 ** 2, gc: typeof globalThis.gc,
    version: node("--version"), ran: node(child, "a", "b"), evaluated: node("-e", "console.log('evaluated')"), forked,
  });
});
`;

const CHILD = `
if (process.send) process.send({ argv: process.argv.slice(2), execArgv: process.execArgv });
else console.log("ran", ...process.argv.slice(2));
`;
