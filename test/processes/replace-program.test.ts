import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterEach, expect, test, vi } from "vitest";
import { isRunning, type ProcessIdentity } from "../../internal/processes/identity.ts";
import { replaceProgram } from "../../internal/processes/replace-program.ts";
import { useChildren } from "../support/children.ts";
import { signalProcess } from "../support/signal-process.ts";

const FIXTURE = new URL("fixtures/replaced.ts", import.meta.url).pathname;
const children = useChildren();
const apps: ProcessIdentity[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const app of apps.splice(0)) if (isRunning(app)) signalProcess(app.pid, "SIGKILL");
});

function start(): { program: ChildProcess; next: () => Promise<unknown>; errors: Promise<string> } {
  const program = children.add(spawn(process.execPath, [FIXTURE, "first"], { stdio: ["ignore", "pipe", "pipe"] }));
  const lines = createInterface({ input: program.stdout as NonNullable<typeof program.stdout> })[
    Symbol.asyncIterator
  ]();
  return {
    program,
    next: async () => JSON.parse((await lines.next()).value ?? ""),
    errors: text(program.stderr as NonNullable<typeof program.stderr>),
  };
}

test("the next program has the pid, the children and the kept descriptors, and sees how a child ends", async () => {
  const { program, next, errors } = start();
  const first = (await next()) as { failures: string[]; isInherited: boolean; port: number; child: ProcessIdentity };
  apps.push(first.child);
  expect(first.failures).toEqual(["NOT_FOUND", "INVALID_PARAMS"]);
  expect(first.isInherited).toBe(false); // as before the failures

  signalProcess(program.pid, "SIGUSR2");
  const early = connect(first.port, "127.0.0.1"); // waits for the next program
  expect(await text(early)).toBe("second");
  expect(await next()).toEqual({ pid: program.pid, parent: program.pid, variable: "yes" });
  expect(isRunning(first.child)).toBe(true);

  signalProcess(first.child.pid, "SIGTERM");
  expect(await next()).toEqual({ end: { code: 42, signal: null }, isRunning: false });
  expect(await next()).toEqual({ isReaped: true, isWatched: false });
  expect(await once(program, "exit")).toEqual([0, null]);
  expect(await errors).toBe(""); // no warning about experimental functions
});

test("a program cannot be replaced without node:ffi", () => {
  vi.stubEnv("XSYS_FFI", "off");
  expect(() => replaceProgram("/bin/true", [], {}, [])).toThrow(
    expect.objectContaining({ code: "UNSUPPORTED", message: expect.stringContaining("XSYS_FFI=off") }),
  );
});
