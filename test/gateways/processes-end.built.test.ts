import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ERRORS } from "../../protocol/errors.ts";
import { useChildren } from "../support/children.ts";
import { ended, startXsys } from "../support/command-line.ts";
import { isRunning } from "../support/process-state.ts";
import { useGateways, whenEnded } from "./scene.ts";

const start = useGateways();
const children = useChildren();

/** Runs a service that is expected to end by itself. */
function run(words: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  return ended(children.add(startXsys(words, { env, stdio: ["ignore", "pipe", "pipe"] })));
}

test("connections that are opened at once are shared", async () => {
  const scene = await start({ gateways: 3, workers: 1 });
  const sockets = await Promise.all(Array.from({ length: 90 }, () => scene.connection()));
  await scene.when(async () => (await scene.metric("xsys_gateway_connections")) >= 90);
  const shares = (await scene.gateways()).map(({ connections }) => connections);
  // At most the average, 4 more, and 8 + 16 for which a busy service has not sent the limit in time.
  expect(Math.max(...shares), `connections: ${shares}`).toBeLessThanOrEqual(30 + 4 + 8 + 16);
  for (const socket of sockets) socket.destroy();
});

test("new connections are answered while gateways are killed again and again", async () => {
  const scene = await start();
  const failures: string[] = [];
  let isOver = false;
  let answered = 0;
  const client = async () => {
    while (!isOver) {
      await scene.ask("/").then(
        ({ status }) => (status === 200 ? answered++ : failures.push(String(status))),
        (error: NodeJS.ErrnoException) => failures.push(error.code ?? error.message),
      );
    }
  };
  const load = Array.from({ length: 4 }, client);
  for (let kills = 0; kills < 4; kills++) {
    const [first, second] = await scene.gateways();
    const victim = kills % 2 === 0 ? first : second;
    process.kill(victim?.pid ?? 0, "SIGKILL");
    await scene.when(async () => {
      const now = await scene.gateways().catch(() => []);
      return now.length === 2 && now.every(({ pid, state }) => state === "ready" && pid !== victim?.pid);
    });
  }
  isOver = true;
  await Promise.all(load);
  expect(answered).toBeGreaterThan(20);
  // A request on a killed gateway's connection is lost. None is refused, and none is answered with an error.
  expect(failures.filter((failure) => failure !== "ECONNRESET")).toEqual([]);
  expect(failures.length).toBeLessThanOrEqual(4 * 4);
});

test("gateways end when the service is killed, and the port is free", async () => {
  const scene = await start();
  const pids = [...(await scene.gateways()), ...(await scene.workers())].map(({ pid }) => pid);
  scene.server.child.kill("SIGKILL");
  await Promise.all(pids.map(whenEnded));
  // The kernel may still be closing the descriptors of their other threads.
  await scene.when(() =>
    scene.ask("/").then(
      () => false,
      ({ code }: NodeJS.ErrnoException) => code === "ECONNREFUSED",
    ),
  );
});

test("SIGTERM drains all gateways: no request is lost", async () => {
  const scene = await start();
  const clients = await scene.clients(12);
  const slow = clients.map((client) => client.ask("/slow?ms=700"));
  await scene.when(async () => (await scene.status()).requests_in_flight > 12);
  const pids = (await scene.gateways()).map(({ pid }) => pid);
  const ended = scene.server.stop();
  expect((await Promise.all(slow)).map(({ status }) => status)).toEqual(clients.map(() => 200));
  const { stdout } = await ended;
  expect(pids.filter(isRunning)).toEqual([]);
  expect(stdout).not.toMatch(/killed|did not end/);
  await expect(scene.ask("/")).rejects.toThrow("ECONNREFUSED");
});

test("a gateway that gets SIGTERM answers its requests, ends, and is replaced", async () => {
  const scene = await start();
  const clients = await scene.clients(8);
  const [victim] = await scene.gateways();
  const slow = clients.map((client) => client.ask("/slow?ms=400"));
  await scene.when(async () => (await scene.status()).requests_in_flight > 8);
  process.kill(victim?.pid ?? 0, "SIGTERM");
  expect((await Promise.all(slow)).every(({ status }) => status === 200)).toBe(true);
  await whenEnded(victim?.pid ?? 0);
  await scene.when(async () => (await scene.gateways()).every(({ state }) => state === "ready"));
});

test("while a gateway hangs, the others accept all connections, and it is replaced", { timeout: 60_000 }, async () => {
  const scene = await start();
  const [victim] = await scene.gateways();
  process.kill(victim?.pid ?? 0, "SIGSTOP");
  const sockets = await Promise.all(Array.from({ length: 60 }, () => scene.connection()));
  const reply = async (socket: (typeof sockets)[number]) => {
    socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    const [bytes] = await once(socket, "data");
    return String(bytes).slice(9, 12);
  };
  expect(new Set(await Promise.all(sockets.map(reply)))).toEqual(new Set(["200"]));
  for (const socket of sockets) socket.destroy();
  await whenEnded(victim?.pid ?? 0);
  await scene.server.until(/gateway 0 hung/);
  await scene.when(async () => (await scene.gateways()).every(({ state }) => state === "ready"));
});

test("a start fails with the reason when the port is taken, or a socket cannot be shared", async () => {
  const scene = await start({ workers: 0 });
  const words = (name: string) => ["server", "start", "--gateways", "2", "--ipc", `${scene.socket}.${name}`];
  const taken = await run([...words("b"), "--port", String(scene.port)]);
  expect(taken).toMatchObject({ status: ERRORS.BUSY.exit, stdout: expect.stringContaining("Address already in use") });
  const off = await run([...words("c"), "--port", "0"], { ...process.env, XSYS_FFI: "off" });
  expect(off).toMatchObject({
    status: ERRORS.UNSUPPORTED.exit,
    stdout: expect.stringContaining("a listening socket cannot be shared between processes"),
  });
  const long = [...words("d".repeat(105 - scene.socket.length)), "--port", "0"]; // the service's socket is short enough
  const tooLong = await run(long);
  expect(tooLong).toMatchObject({ status: ERRORS.INVALID_PARAMS.exit, stdout: expect.stringContaining("socket path") });
});

test("a file at the path of a gateway's socket is not replaced, and named as the reason", async () => {
  const sandbox = await mkdtemp(join(tmpdir(), "xsys-test-"));
  const socket = join(sandbox, "s");
  await writeFile(`${socket}.g1`, "mine");
  const { status, stdout } = await run(["server", "start", "--port", "0", "--ipc", socket, "--gateways", "2"]);
  expect(stdout).toContain("s.g1 exists and is not a socket");
  expect(status).not.toBe(0);
  expect(await readFile(`${socket}.g1`, "utf8")).toBe("mine");
  await rm(sandbox, { recursive: true });
});

test("no socket of a gateway is left after a stop", async () => {
  const scene = await start();
  const [, victim] = await scene.gateways();
  process.kill(victim?.pid ?? 0, "SIGSTOP");
  await scene.end();
  expect((await readdir(dirname(scene.socket))).filter((name) => name.startsWith("s"))).toEqual([]);
});

test("the maximum frame size does not limit what a gateway reports to the service", async () => {
  const scene = await start({ flags: ["--max-frame", "1kb"] });
  const before = (await scene.gateways()).map(({ pid }) => pid);
  for (const method of ["GET", "POST", "PUT", "DELETE"]) {
    for (const path of ["/", "/missing", "/slow?ms=1", "/most", "/_xypriss/b/health"]) {
      for (let n = 0; n < 2; n++) await scene.ask(path, { method });
    }
  }
  expect(JSON.stringify((await scene.ask("/_xypriss/b/metrics")).body).length).toBeGreaterThan(4 * 1024);
  expect((await scene.gateways()).map(({ pid, state }) => [pid, state])).toEqual(before.map((pid) => [pid, "ready"]));
});
