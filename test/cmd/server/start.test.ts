import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { copyFile, link, mkdir } from "node:fs/promises";
import { request } from "node:https";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { useChildren } from "../../support/children.ts";
import { printed, xsys } from "../../support/command-line.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { startServer } from "../../support/started-server.ts";

const sandbox = useSandbox();
const children = useChildren();
const SIGNATURE = ["--signature", "0123456789abcdef".repeat(8)];
const WORKER = fileURLToPath(new URL("../fixtures/xypriss-worker.mjs", import.meta.url));
const APPLICATION = fileURLToPath(new URL("../fixtures/xypriss-application.ts", import.meta.url));

const onSocket = (...words: string[]) => ["--port", "0", "--ipc", sandbox.path("s"), ...words];
const withWorkers = (count: number) => onSocket("--cluster", "--entry-point", WORKER, "--cluster-workers", `${count}`);

function start(...words: string[]) {
  return startServer(words, { cwd: sandbox.root, add: children.add });
}

/** Runs a start that fails, and returns its output. */
function failing(...words: string[]) {
  return xsys(["server", "start", ...words], { cwd: sandbox.root });
}

async function get(url: string): Promise<string> {
  const response = await fetch(url);
  return `${response.status} ${await response.text()}`;
}

describe("xsys server start", () => {
  test("prints the line that XyPriss's client waits for, and is then ready", async () => {
    const server = await start(...onSocket());
    expect(server.text()).toMatch(
      /^\S+Z INFO \[ThreadId\(1\)\] xsys \S+, XHSC Edition listening on 127\.0\.0\.1:\d+$/m,
    );
    expect(await get(`http://${server.address()}/_xypriss/b/health`)).toBe('200 {"status":"healthy"}');
    const ping = await xsys(["ping", "--connect", sandbox.path("s"), "--json"]);
    expect(JSON.parse(ping.stdout)).toMatchObject({ data: { pid: server.child.pid } });
    const { status, stderr } = await server.stop();
    expect([status, stderr]).toEqual([0, ""]);
    expect(existsSync(sandbox.path("s"))).toBe(false);
  });

  test.each([["--log-level=silent"], ["--log-format=json"], ["--log-format=pretty"]])(
    "prints that line with %s",
    async (word) => {
      const server = await start(...onSocket(word));
      await server.until(/listening on .*\n/);
      if (word === "--log-format=json") for (const line of server.text().trim().split("\n")) JSON.parse(line);
      expect((await server.stop()).status).toBe(0);
    },
  );

  test("runs an application's workers and logs what they print", async () => {
    const server = await start(...withWorkers(2));
    await server.until(/worker 1 is ready.*worker 0 is ready|worker 0 is ready.*worker 1 is ready/s);
    const answers = [await get(`http://${server.address()}/`), await get(`http://${server.address()}/`)];
    expect(answers.toSorted()).toEqual(["200 worker 0", "200 worker 1"]);
    expect(server.text()).toContain(` INFO [ThreadId(1)] [Worker 1] up in ${sandbox.root}, pid=`);
    expect((await server.stop()).status).toBe(0);
  });

  test("serves an application that started it and connected as its only worker", async () => {
    const server = await start(...onSocket());
    const env = { ...process.env, XYPRISS_IPC_PATH: sandbox.path("s"), XYPRISS_WORKER_ID: "master" };
    const application = children.add(spawn(process.execPath, [WORKER], { env }));
    await server.until(/worker master is connected/);
    expect(await get(`http://${server.address()}/`)).toBe("200 worker master");
    const exited = once(application, "exit");
    expect((await server.stop()).status).toBe(0);
    expect(await exited).toEqual([1, null]); // XyPriss's workers exit with 1 when their connection is closed
  });

  test("on SIGTERM finishes a request and ends all workers", async () => {
    const server = await start(...withWorkers(1));
    const slow = get(`http://${server.address()}/slow`);
    await server.until(/begun/);
    const { status, stdout } = await server.stop();
    expect(await slow).toBe("200 worker 0");
    expect(status).toBe(0);
    const [, pid] = /pid=(\d+)/.exec(stdout) ?? [];
    expect(() => process.kill(Number(pid), 0)).toThrow("ESRCH");
  });

  test("on a second SIGTERM stops at once", async () => {
    const server = await start(...withWorkers(1), "--drain-timeout", "60000");
    const stuck = get(`http://${server.address()}/stuck`).catch(() => "cut off");
    await server.until(/begun/);
    server.child.kill("SIGTERM");
    await server.until(/stopping/);
    expect((await server.stop()).status).toBe(0);
    expect(await stuck).toMatch(/cut off|^5/);
  });

  test("accepts a command line of a newer client, and logs the arguments that it ignored", async () => {
    const words = onSocket("--warp", "9", "--firewall-enabled");
    const server = await startServer(words, { cwd: sandbox.root, add: children.add, globals: SIGNATURE });
    const { stdout } = await server.stop();
    expect(stdout).toContain("WARN [ThreadId(1)] ignored an unknown argument word=--warp value=9\n");
    expect(stdout).toContain('command="sudo ufw allow 0/tcp"');
  });

  const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

  test.runIf(hasOpenssl)("answers HTTPS with a certificate", async () => {
    const [key, cert] = [sandbox.path("key.pem"), sandbox.path("cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-days", "2", "-nodes"];
    await promisify(execFile)("openssl", [
      "req",
      "-x509",
      "-newkey",
      "ed25519",
      "-keyout",
      key,
      "-out",
      cert,
      ...subject,
    ]);
    const server = await start(...onSocket("--tls-cert", cert, "--tls-key", key));
    const call = request(`https://${server.address()}/`, { rejectUnauthorized: false }).end();
    const [answer] = await once(call, "response");
    expect(answer.socket.encrypted).toBe(true);
    answer.resume();
    expect((await server.stop()).status).toBe(0);
    const swapped = await failing(...onSocket("--tls-cert", key, "--tls-key", cert));
    expect(swapped.status).toBe(65);
    expect(swapped.stderr).toContain("are not a matching certificate and private key");
  });
});

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
