import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { freePort } from "../../bench/free-port.ts";
import { ask } from "../support/ask.ts";
import { pidsOf, useStageOfFile } from "./support/stage.ts";
import { failures, failuresAtKills, PROGRAMS, type Subject, UnchangedApps } from "./support/unchanged-apps.ts";

/** Programs in other languages under `xsys app start`. The tests build on each other. */

/** Debian's, for which it has uvicorn. */
const PYTHON = "/usr/bin/python3";

const stage = useStageOfFile();
const apps = new UnchangedApps(stage);

beforeAll(async () => {
  const program = stage.sandbox.path("listen-fds");
  execFileSync("gcc", ["-O1", "-Wall", "-Werror", "-o", program, join(PROGRAMS, "listen-fds.c")]);
  await apps.start([
    sharing("c", program),
    sharing("python", "listen_fds.py"),
    sharing("uvicorn", `${PYTHON} -m uvicorn --log-level warning --fd 3 asgi:app`),
  ]);
});

/** An app whose processes share the listening socket of the keeper. */
function sharing(name: string, entry: string): Subject {
  return { name, words: [entry, "--front", "socket"], keepsConnections: false, listens: true };
}

test("programs that take LISTEN_FDS lose no request when the keeper is killed", async () => {
  const before = await apps.pids();
  const { pid = 0 } = (await stage.keeper()) ?? {};
  const death = async () => {
    process.kill(pid, "SIGKILL");
    await stage.keeperAfter(pid);
  };
  expect(failures(await apps.outcomes(death))).toEqual({});
  expect(await apps.pids()).toEqual(before);
});

test("a restart costs no request of programs that answer what they have accepted, and refuses no connection", async () => {
  const before = Object.values(await apps.pids()).flat();
  const outcomes = await apps.outcomes(() => apps.restart());
  // uvicorn closes connections whose request has not arrived yet when it is asked to end.
  const { uvicorn: _, ...others } = failures(outcomes);
  expect(others).toEqual({});
  expect(failuresAtKills(outcomes)).toEqual({});
  const after = Object.values(await apps.pids()).flat();
  expect(after).toHaveLength(before.length);
  expect(after.filter((pid) => before.includes(pid))).toEqual([]);
});

test("a killed process takes at most the requests along that it has; no connection is refused", async () => {
  const outcomes = await apps.outcomes(() => apps.killOneOfEach());
  expect(failuresAtKills(outcomes)).toEqual({});
  for (const lost of Object.values(failures(outcomes))) expect(lost.length).toBeLessThanOrEqual(2);
});

test("http.server of Python, on a port of its own, and a shell script without one are started again", async () => {
  const port = await freePort();
  const server = `${PYTHON} -m http.server --bind 127.0.0.1 ${port}`;
  const listed = () => ask(port, "/").then(({ body }) => body.includes("job.sh"));
  const starts = [
    {
      name: "files",
      words: [server, "--name", "files"],
      check: () => expect.poll(() => listed().catch(() => false)).toBe(true),
    },
    { name: "job", words: ["job.sh"], check: hasPrintedItsPid },
  ];
  for (const { name, words, check } of starts) {
    const [first = 0] = pidsOf(await stage.result("start", ...words, "--stable-for", "300"));
    await check();
    process.kill(first, "SIGKILL");
    await expect.poll(() => stage.app(name)).toMatchObject({ state: "running", ready: 1, crashes: 1 });
    await check();
    const [second = 0] = pidsOf(await stage.app(name));
    const [third = 0] = pidsOf(await stage.result("restart", name));
    await check();
    expect(new Set([first, second, third]).size).toBe(3);
  }
});

async function hasPrintedItsPid(): Promise<void> {
  const [pid] = pidsOf(await stage.app("job"));
  await expect.poll(() => stage.log("job")).toContain(`started ${pid}\n`);
}
