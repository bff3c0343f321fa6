import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { request } from "node:https";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { xsys } from "../../support/command-line.ts";
import { startServer } from "../../support/started-server.ts";
import { get, SIGNATURE, useStarts, WORKER } from "./support/starts.ts";

const { sandbox, children, onSocket, withWorkers, start, failing } = useStarts();

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
