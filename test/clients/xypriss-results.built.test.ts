import { afterEach, beforeEach, expect, test } from "vitest";
import { createRunner, XyPrissError } from "../../clients/typescript/xypriss.ts";
import { makeBin } from "../../scripts/make-bin.ts";
import { useSandbox } from "../support/sandbox.ts";
import { type Served, startServed } from "../support/served.ts";
import { XyPrissClient } from "../support/xypriss-client.ts";

const sandbox = useSandbox();
let service: Served;

beforeEach(async () => {
  service = await startServed({ root: sandbox.root, confined: false });
});
afterEach(async () => {
  service.stop(true);
  await service.ended;
});

type Call = readonly [module: string, action: string, args?: readonly string[], options?: Record<string, unknown>];

/** Calls as XyPriss's API classes make them. Later calls depend on earlier ones. */
const CALLS: readonly Call[] = [
  ["fs", "write", ["dir/a.txt"], { input: "one\ntwo (2)\nthree\n", ensureFile: true }],
  ["fs", "write", ["dir/a.txt"], { input: "four\n", append: true }],
  ["fs", "write-secure", ["dir/key"], { input: "s3cret", mode: "0600" }],
  ["fs", "read", ["dir/a.txt"]],
  ["fs", "read", ["dir/a.txt"], { bytes: true }],
  ["fs", "ls", ["dir"], { stats: false, recursive: true }],
  ["fs", "check", ["dir/none"]],
  ["fs", "hash", ["dir/a.txt"], { verbose: true, quiet: true, json: false }],
  ["fs", "tail", ["dir/a.txt"], { lines: 2 }],
  ["fs", "patch", ["dir/a.txt", "two (2)", "--2--"]],
  ["fs", "chmod", ["dir/a.txt", "640"]],
  ["fs", "cat", ["dir/a.txt"], { offset: 4, limit: 5 }],
  ["fs", "rm", ["dir/none"]],
  ["fs", "rm", []],
  ["fs", "ls", ["dir"], { recursiv: true }],
  ["path", "resolve", []],
  ["path", "resolve", ["a", "../b"]],
  ["path", "relative", ["a/b", "/c"]],
  ["path", "is-child", [".", "a"]],
  ["path", "join", ["--fast", "", "x"]],
  ["path", "join", ["--json", "--", "--help"]],
  ["fs", "patch", ["dir/a.txt", "--mode=a", "--"]],
  ["path", "correct", ["/a/b/a/b/a/b", "--tentative", "1"]],
  ["path", "secure-join", ["/a", "../b"]],
  ["sys", "processes", [], { topCpu: "x" }],
];

/** The outcome of a call: its result, or its error message. */
async function outcome(act: () => unknown): Promise<unknown> {
  try {
    return { result: await act() };
  } catch (error) {
    return { failed: error instanceof XyPrissError ? error.details : (error as Error).message };
  }
}

test.skipIf(process.platform === "win32")("returns the same results as the command line, call by call", async () => {
  const [, binary = ""] = makeBin(sandbox.path("bin"));
  for (const root of ["cli", "sync", "async"]) await sandbox.write(`${root}/x`, "");
  const client = new XyPrissClient(binary, sandbox.path("cli"));
  using sync = createRunner({ root: sandbox.path("sync"), socket: service.socket });
  using asynchronous = createRunner({ root: sandbox.path("async"), socket: service.socket });
  for (const [module, action, args, options] of CALLS) {
    const fromCli = await outcome(() => client.runAsync(module, action, args, { input: "", ...options }));
    const expected = JSON.stringify(fromCli);
    const fromSync = await outcome(() => sync.runSync(module, action, args, options));
    const fromAsync = await outcome(() => asynchronous.runAsync(module, action, args, options));
    const call = `${module} ${action} ${args?.join(" ")} ${JSON.stringify(options)}`;
    expect(`${call}: ${JSON.stringify(fromSync).replaceAll("/sync", "/cli")}`).toBe(`${call}: ${expected}`);
    expect(`${call}: ${JSON.stringify(fromAsync).replaceAll("/async", "/cli")}`).toBe(`${call}: ${expected}`);
  }
});
