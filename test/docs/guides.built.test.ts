import { spawn, spawnSync } from "node:child_process";
import { readFile, symlink } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, test } from "vitest";
import { connect } from "../../clients/typescript/index.ts";
import { splitCommand } from "../../internal/processes/split-command.ts";
import { useChildren } from "../support/children.ts";
import { type Ended, ended, startXsys, xsys } from "../support/command-line.ts";
import { useSandbox } from "../support/sandbox.ts";
import { startTestService } from "../support/service.ts";
import { startServer } from "../support/started-server.ts";

const sandbox = useSandbox();
const children = useChildren();
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  env = {
    ...process.env,
    XSYS_SOCKET: sandbox.path("s"),
    // As under npx: the Node that is installed with xsys comes first.
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
  };
  await sandbox.write("package.json", '{"type":"module"}');
  await sandbox.write("node_modules/.keep", "");
  await symlink(ROOT, sandbox.path("node_modules/xsys"));
});

/** Writes a guide's files to the sandbox, and returns its commands. */
async function follow(name: string): Promise<readonly string[]> {
  const text = await readFile(`${ROOT}/docs/guides/${name}.md`, "utf8");
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", code = ""]) => ({
    language,
    code,
  }));
  for (const { code } of blocks) {
    const [, file] = /^(?:\/\/|#) (\S+\.(?:js|ts|py))\n/.exec(code) ?? [];
    if (file !== undefined) await sandbox.write(file, code);
  }
  const commands = blocks.filter(({ language }) => language === "sh").flatMap(({ code }) => code.trim().split("\n"));
  return commands.map((line) => line.replace(/ +#.*/, ""));
}

/** Starts the server of a guide's command line, on a free port. */
function started(line: string | undefined) {
  const [, rest = "never"] = /^npx xsys server start (.*)/.exec(line ?? "") ?? [];
  const words = splitCommand(rest.replace("--port 8080", "--port 0"));
  return startServer(words, { cwd: sandbox.root, add: children.add, env });
}

async function get(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** Requests have no parameters until the worker's routes are known. */
const PATIENT = { timeout: 20_000 };

async function run(line: string, address: string): Promise<string> {
  if (line.startsWith("curl -s ")) {
    const response = await fetch(line.replace("curl -s ", "").replace("127.0.0.1:8080", address));
    return `${response.status} ${await response.text()}`;
  }
  const { status, stdout, stderr } = await xsys(splitCommand(line).slice(2), { cwd: sandbox.root, env });
  return `${status} ${stdout}${stderr}`;
}

test("running an application: every command does what the guide says", async () => {
  const lines = await follow("running-an-application");
  const [start, ...commands] = lines.filter((line) => !/--tls-cert|--preload/.test(line));
  const server = await started(start);
  const outcomes: Record<string, string> = {};
  await server.until(/worker 1 is ready.*worker 0 is ready|worker 0 is ready.*worker 1 is ready/s);
  for (const line of commands) outcomes[line] = await run(line, server.address());
  expect(outcomes).toEqual({
    "curl -s http://127.0.0.1:8080/": expect.stringMatching(/^200 hello from worker [01], process \d+\n$/),
    "npx xsys cluster status": expect.stringMatching(/^0 .*ready/s),
    "npx xsys cluster restart": expect.stringMatching(/^0 /),
    "npx xsys cluster logs": expect.stringMatching(/^0 /),
    "npx xsys cluster crashes": expect.stringMatching(/^0 /),
    "npx xsys cluster stop 1": expect.stringMatching(/^0 /),
    "curl -s http://127.0.0.1:8080/_xypriss/b/health": '200 {"status":"healthy"}',
    "npx xsys stop": expect.stringMatching(/^0 /),
  });
  expect((await server.end).status).toBe(0);
});

test("an unchanged application: it answers as the guide says", async () => {
  const start = (await follow("running-an-application")).find((line) => line.includes("--preload"));
  const server = await started(start);
  await server.until(/worker \d is ready/);
  expect(await get(`http://${server.address()}/`)).toMatch(/^hello from process \d+\n$/);
  expect((await server.stop()).status).toBe(0);
});

describe("writing a worker", () => {
  test("with Request and Response", async () => {
    await sandbox.write("public/a.txt", "a file");
    const [start] = await follow("writing-a-worker");
    const server = await started(start);
    const base = `http://${server.address()}`;
    await expect.poll(() => get(`${base}/users/Ada`), PATIENT).toBe("hello Ada\n");
    const posted = await fetch(base, { method: "POST", body: '{"n":1}' });
    expect(await posted.json()).toEqual({ got: { n: 1 } });
    expect(await get(`${base}/assets/a.txt`)).toBe("a file");
    expect((await server.stop()).status).toBe(0);
  });

  test("with node:http", async () => {
    const [start = ""] = await follow("writing-a-worker");
    const server = await started(start.replace("worker.ts", "node-worker.js"));
    expect(await get(`http://${server.address()}/x?y`)).toBe("GET /x?y\n");
    expect((await server.stop()).status).toBe(0);
  });

  const hasPython = spawnSync("python3", ["-c", "import sys; assert sys.version_info >= (3, 8)"]).status === 0;

  test.runIf(hasPython)("in Python", async () => {
    const [, start] = await follow("writing-a-worker");
    const server = await started(start);
    await expect.poll(() => get(`http://${server.address()}/users/Ada`), PATIENT).toBe("hello Ada from Python\n");
    expect((await server.stop()).status).toBe(0);
  });
});

test("embedding the SDK: every file of the guide does what it says", async () => {
  await follow("embedding-the-sdk");
  const service = await startTestService({ root: sandbox.root, socket: sandbox.path("s") });
  const outcomes: Record<string, Ended> = {};
  for (const file of ["connect.ts", "use.ts", "errors.ts"]) {
    outcomes[file] = await ended(spawn(process.execPath, [file], { cwd: sandbox.root, env }));
  }
  service.stop(true);
  await service.ended;
  expect(outcomes).toMatchObject({
    "connect.ts": { status: 0, stdout: expect.stringMatching(/^xsys \S+, up for \d+\.\d s\n$/), stderr: "" },
    "use.ts": { status: 0, stdout: "64 0 true\n", stderr: expect.stringContaining("700000 of 700000 bytes\n") },
    "errors.ts": { status: 0, stdout: `NOT_FOUND ${sandbox.path("no/such/file")}\nCANCELLED\n`, stderr: "" },
  });
});

test("limits and tuning: both commands start with the given limits", async () => {
  const [serve = "", server] = await follow("limits-and-tuning");
  const service = startXsys(splitCommand(serve).slice(2), { cwd: sandbox.root, env });
  children.add(service);
  const client = await connect({ socket: sandbox.path("files.sock"), wait: 20_000 });
  expect(client.hello.limits).toEqual({ frame: 8 * 1024 ** 2, inflight: 16, connections: 64 });
  client.close();
  const running = await started(server);
  const base = `http://${running.address()}`;
  expect((await fetch(base, { method: "POST", body: "x".repeat(1024 ** 2 + 1) })).status).toBe(413);
  expect((await running.stop()).status).toBe(0);
});

test("running as a service: every command but the build does what the guide says", async () => {
  await sandbox.write("app", "#!/bin/sh\n", 0o755);
  const commands = (await follow("running-as-a-service")).filter((line) => line.startsWith("xsys "));
  const [serve = "", ...others] = commands;
  const service = startXsys(splitCommand(serve.replace(/ &$/, "")).slice(1), { cwd: sandbox.root, env });
  children.add(service);
  await (await connect({ socket: sandbox.path("xsys.sock"), wait: 20_000 })).close();
  const outcomes: Record<string, string> = {};
  for (const line of others) {
    const { status, stdout, stderr } = await xsys(splitCommand(line).slice(1), { cwd: sandbox.root, env });
    outcomes[line] = `${status} ${stdout}${stderr}`;
  }
  expect(outcomes).toEqual({
    "xsys ping --connect ./xsys.sock": expect.stringMatching(/^0 /),
    "xsys status --connect ./xsys.sock": expect.stringMatching(/^0 .*connections/s),
    "xsys stop --connect ./xsys.sock": expect.stringMatching(/^0 /),
    "xsys service-unit --user serve": expect.stringMatching(/^0 \[Unit\].*ExecStart=.* serve/s),
    "xsys service-unit --user --socket-unit serve": expect.stringMatching(/^0 \[Unit\].*ListenStream=/s),
    "xsys service-unit server start --port 8080 --cluster --worker-command ./app":
      expect.stringMatching(/^0 .*--port 8080/s),
  });
});

test("in place of XyPriss: the runner's file does what the page says", async () => {
  await follow("../xypriss");
  await sandbox.write("big.bin", "0123456789the rest");
  const service = await startTestService({ root: sandbox.root, socket: sandbox.path("s") });
  const { status, stdout, stderr } = await ended(spawn(process.execPath, ["runner.ts"], { cwd: sandbox.root, env }));
  service.stop(true);
  await service.ended;
  expect([status, stdout, stderr]).toEqual([0, "the rest", ""]);
  expect(await sandbox.read("out.bin")).toBe("contents");
});
