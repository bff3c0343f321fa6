import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { connect } from "../../clients/typescript/index.ts";
import { useChildren } from "../support/children.ts";
import { printed, startXsys } from "../support/command-line.ts";
import { useSandbox } from "../support/sandbox.ts";

const run = promisify(execFile);
const sandbox = useSandbox();
const children = useChildren();
const MEBIBYTE = 1_048_576;
/** malloc_trim and mallopt are glibc's. */
const hasGlibc = "glibcVersionRuntime" in ((process.report.getReport() as { header: object }).header ?? {});

/** Runs a fixture with the pinned Node and returns what it prints. */
async function fixture(name: string, ...args: string[]): Promise<string> {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const { stdout, stderr } = await run(process.execPath, [file, ...args]);
  expect(stderr).toBe("");
  return stdout;
}

describe.runIf(hasGlibc)("memory at rest", () => {
  test("free pages between used ones are given back when the process is idle, and the timer ends", async () => {
    const { before, full, after, isLooking } = JSON.parse(await fixture("fragments-fixture.ts"));
    expect(full - before).toBeGreaterThan(100 * MEBIBYTE);
    expect(after - before).toBeLessThan(50 * MEBIBYTE);
    expect(isLooking).toBe(false);
  });

  test("health checks do not prevent that, and the timer continues", async () => {
    const { before, after, isLooking } = JSON.parse(await fixture("fragments-fixture.ts", "checked"));
    expect(after - before).toBeLessThan(50 * MEBIBYTE);
    expect(isLooking).toBe(true);
  });

  test("without node:ffi nothing fails, and the pages are kept", async () => {
    const { full, after } = JSON.parse(await fixture("fragments-fixture.ts", "without-ffi"));
    expect(after).toBeGreaterThan(full - 50 * MEBIBYTE);
  });

  test("threads share the arenas of malloc within the limit", async () => {
    const report = sandbox.path("info.xml");
    const unlimited = Number(await fixture("arenas-fixture.ts", "0", report));
    const limited = Number(await fixture("arenas-fixture.ts", "2", report));
    expect(unlimited).toBeGreaterThan(12);
    expect(limited).toBeLessThan(10); // Node's own threads have some before the limit is set
  });
});

/** What `IdleMemory` logs. */
const RELEASED = /"before":(\d+),"after":(\d+),"msg":"released unused memory"/;

/** Resolves with the resident bytes before and after, when a process has logged that it released memory. */
async function release(child: Parameters<typeof printed>[0], stream: "stdout" | "stderr") {
  const [, before, after] = RELEASED.exec(await printed(child, RELEASED, stream)) ?? [];
  return { before: Number(before), after: Number(after) };
}

describe.runIf(hasGlibc).concurrent("a service that is idle after work releases memory", () => {
  test("of calls and their threads", async () => {
    await sandbox.write("a.txt", "text\n".repeat(100_000));
    const socket = sandbox.path("s");
    const child = startXsys(["serve", "--socket", socket, "--log-level", "debug"], { cwd: sandbox.root });
    children.add(child);
    const released = release(child, "stderr");
    await printed(child, "listens on");
    const client = await connect({ socket });
    const calls = Array.from({ length: 64 }, () => client.search.grep({ path: ".", pattern: "(t|e)xt" }));
    await Promise.all(calls);
    const { before, after } = await released;
    expect(before - after).toBeGreaterThan(20 * MEBIBYTE);
    client.close();
  });
});
