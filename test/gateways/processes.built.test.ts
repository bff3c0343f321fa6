import { expect, test } from "vitest";
import { RawPeer } from "../support/raw-peer.ts";
import { useGateways } from "./scene.ts";

const start = useGateways();

test("all gateways answer requests, on all workers", async () => {
  const scene = await start();
  const clients = await scene.clients(12);
  const shares = (await scene.gateways()).map(({ connections }) => connections);
  expect(Math.min(...shares), `connections: ${shares}`).toBeGreaterThan(1);
  const replies = await Promise.all(clients.flatMap((client) => [client.ask("/"), client.ask("/")]));
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(replies.map(({ body }) => body)).size).toBe(2);
  expect((await scene.command("status")).gateways).toMatchObject([
    { id: "0", state: "ready" },
    { id: "1", state: "ready" },
  ]);
});

test("a gateway that is killed loses its own connections only, and is replaced", async () => {
  const scene = await start();
  const clients = await scene.clients(12);
  const [victim] = await scene.gateways();
  if (victim === undefined) throw new Error("there is no gateway");
  const slow = clients.map((client) => client.ask("/slow?ms=500").then(({ status }) => status, String));
  await scene.when(async () => (await scene.status()).requests_in_flight > 12);
  process.kill(victim.pid, "SIGKILL");
  const results = await Promise.all(slow);
  const lost = results.filter((result) => /ECONNRESET|socket hang up/.test(String(result)));
  expect(lost.length, "the victim had connections").toBeGreaterThan(1);
  expect(lost.length).toBeLessThanOrEqual(victim.connections);
  expect(results.filter((result) => result === 200)).toHaveLength(12 - lost.length);
  await scene.when(async () => (await scene.gateways()).every(({ state }) => state === "ready"));
  const [replaced] = await scene.gateways();
  expect(replaced?.pid).not.toBe(victim.pid);
  const after = await scene.clients(12);
  expect((await Promise.all(after.map((client) => client.ask("/")))).every(({ status }) => status === 200)).toBe(true);
  expect((await scene.gateways())[0]?.connections).toBeGreaterThan(1);
});

test("a worker that cannot join several gateways is refused", async () => {
  const scene = await start({ workers: 0 });
  const peer = await RawPeer.connect(scene.socket);
  peer.send({ type: "RegisterWorker", payload: { id: "0" } });
  expect(await peer.message()).toMatchObject({
    type: "Response",
    payload: { status: "error", code: "UNSUPPORTED", error: expect.stringContaining("needs --gateways 1") },
  });
  await peer.closed;
});

test("a process without the key of a gateway is refused", async () => {
  const scene = await start({ workers: 0 });
  const peer = await RawPeer.connect(scene.socket);
  peer.send({ type: "RegisterGateway", payload: { id: "0", key: "guessed", pid: 1 } });
  expect(await peer.message()).toMatchObject({ payload: { code: "DENIED" } });
  await peer.closed;
});
