import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { copyFile, link, mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { printed, xsys } from "../../support/command-line.ts";
import { get, SIGNATURE, useStarts } from "./support/starts.ts";

const { sandbox, children, onSocket, withWorkers, start, failing } = useStarts();
const APPLICATION = fileURLToPath(new URL("../fixtures/xypriss-application.ts", import.meta.url));

describe.runIf(process.platform === "linux")("the workers of a XyPriss application", () => {
  const TELLING = fileURLToPath(new URL("../fixtures/telling-worker.mjs", import.meta.url));

  /** Runs an application with Node under another name, and returns what its worker reports. */
  async function toldBy(name: string) {
    const runtime = sandbox.path(name);
    await mkdir(dirname(runtime), { recursive: true });
    await link(process.execPath, runtime).catch(() => copyFile(process.execPath, runtime));
    const words = [...SIGNATURE, "server", "start", ...onSocket("--cluster-workers", "1", "--cluster")];
    const application = children.add(
      spawn(runtime, [APPLICATION, ...words, "--entry-point", TELLING], { stdio: ["ignore", "pipe", "inherit"] }),
    );
    const [, told = ""] = /told (\{.*\})/.exec(await printed(application, /told \{.*\}\n/)) ?? [];
    await xsys(["stop", "--connect", sandbox.path("s")]);
    return { runtime, told: JSON.parse(told) };
  }

  test("use the application's runtime, wherever it is installed, and can call the xsys program", async () => {
    for (const name of ["elsewhere/node", "elsewhere/bun"]) {
      const { runtime, told } = await toldBy(name);
      expect(told).toMatchObject({ runtime, answer: '{"status":"ok","data":"a/b"}\n' });
    }
  });
});

describe("workers that do not start", () => {
  const failing = (...words: string[]) =>
    onSocket("--cluster", "--worker-command", "sh -c 'echo no database; exit 1'", "--cluster-workers", "2", ...words);

  test("are restarted while the service continues; waiting requests are answered with 503", async () => {
    const server = await start(...failing("--queue-timeout", "50"));
    await server.until(/worker \d did not start: it exited with code 1; last output: no database/);
    expect(await get(`http://${server.address()}/`)).toMatch(/^503 /);
    const status = async () => JSON.parse((await get(`http://${server.address()}/_xypriss/b/status`)).slice(4));
    await expect.poll(async () => (await status()).workers.restarts, { timeout: 20_000 }).toBeGreaterThan(16);
    const { ready, states } = (await status()).workers;
    expect([ready, (states["backing-off"] ?? 0) + (states.starting ?? 0)]).toEqual([0, 2]);
    const { stdout } = await xsys(["--connect", sandbox.path("s"), "cluster", "status", "--json"]);
    expect(JSON.parse(stdout).data.members[0].reason).toContain("no database");
    expect((await server.stop()).status).toBe(0);
    expect(server.text().match(/did not start/g)).toHaveLength(1);
  });

  test("end the service with the reason when all have reached --max-restarts", async () => {
    const server = await start(...failing("--max-restarts", "2"));
    const { status, stdout } = await server.end;
    expect(status).toBe(69);
    expect(stdout).toContain(
      "worker 0 is no longer started after 3 consecutive failed starts; last failure: it exited",
    );
    expect(stdout).toMatch(/ERROR: all workers were abandoned after 3 consecutive failed starts.* no database\n$/);
  });
});

describe("a start that fails", () => {
  test("on a busy port reports it last, without a final newline, as XyPriss's client expects", async () => {
    const busy = createServer().listen(0, "127.0.0.1");
    await once(busy, "listening");
    const { port } = busy.address() as { readonly port: number };
    const { status, stdout } = await failing("--port", `${port}`, "--ipc", sandbox.path("s"));
    busy.close();
    expect(status).toBe(75);
    expect(stdout.split("\n").at(-1)).toBe(`Address already in use: 127.0.0.1:${port}`);
    expect(stdout).not.toContain("XHSC Edition listening on");
    expect(existsSync(sandbox.path("s"))).toBe(false);
  });

  test("on a socket that another service uses reports an address in use", async () => {
    const { stop } = await start(...onSocket());
    const { status, stdout } = await failing(...onSocket());
    expect(status).toBe(75);
    expect(stdout.split("\n").at(-1)).toMatch(/^Address already in use: xsys, pid \d+, already listens on /);
    expect((await stop()).status).toBe(0);
  });

  test.runIf(process.platform === "linux")("on a path where listening is not permitted reports it last", async () => {
    const { status, stdout } = await failing("--port", "0", "--ipc", "/proc/s.sock");
    expect(status).toBe(77);
    expect(stdout.split("\n").at(-1)).toContain("permission denied");
  });

  test("because of a revoked plugin names the plugin on the last line", async () => {
    await sandbox.write("p/package.json", '{"name":"p","xfpm":{"revoked":true}}');
    const { status, stdout } = await failing(...onSocket("--plugins", "p"));
    expect(status).toBe(77);
    expect(stdout).toMatch(/ERROR: the plugin p in .* has been revoked .*\n$/);
  });

  test("because of an unknown flag ends before anything is started", async () => {
    const { status, stdout, stderr } = await failing("--prot", "80");
    expect([status, stdout]).toEqual([64, ""]);
    expect(stderr).toBe('xsys: server start: unknown flag --prot, did you mean "--port"?\n');
  });

  test("keeps an ordinary file at the socket's path", async () => {
    await sandbox.write("s", "mine");
    const { status, stdout } = await failing(...onSocket());
    expect(status).toBe(73);
    expect(stdout).toContain("was not replaced");
    expect(await sandbox.read("s")).toBe("mine");
  });
});

test("a parent that does not read the output does not block requests", async () => {
  const server = await start(...withWorkers(1), "--access-log");
  server.child.stdout?.pause();
  const path = "x".repeat(1800);
  for (let i = 0; i < 300; i++) expect(await get(`http://${server.address()}/${path}`)).toBe("200 worker 0");
  server.child.stdout?.resume();
  expect((await server.stop()).status).toBe(0);
});
