import { expect, test } from "vitest";
import { Load } from "../../bench/load/load.ts";
import { type Scene, useGateways } from "./scene.ts";

const start = useGateways();

/** Keeps clients busy while `work` runs, and returns how many of their requests were answered and failed. */
async function underLoad(scene: Scene, work: () => Promise<unknown>) {
  const options = { host: "127.0.0.1", port: scene.port, path: "/slow?ms=5", method: "GET", timeout: 20_000 } as const;
  await using load = await Load.start({ ...options, clients: 12, sequential: false });
  await work();
  return await load.stop(); // before the load is disposed of
}

test("no request is lost when workers are killed under load", async () => {
  const scene = await start();
  const report = await underLoad(scene, async () => {
    for (let kills = 0; kills < 4; kills++) {
      const worker = (await scene.workers())[kills % 2];
      process.kill(worker?.pid ?? 0, "SIGKILL");
      await scene.when(async () => (await scene.workers()).reduce((sum, { restarts }) => sum + restarts, 0) > kills);
      await scene.when(async () => (await scene.status()).workers.ready === 2);
    }
  });
  expect(report.answered).toBeGreaterThan(100);
  expect(report).toMatchObject({ failed: 0 });
});

test("no request is lost in a rolling restart under load", async () => {
  const scene = await start();
  const report = await underLoad(scene, () => scene.command("cluster", "restart"));
  expect(report).toMatchObject({ failed: 0 });
  expect((await scene.workers()).map(({ restarts }) => restarts)).toEqual([1, 1]);
});

test("a request that ends workers ends two of them, whatever gateways it comes through", async () => {
  const scene = await start();
  const clients = await scene.clients(12);
  const slow = clients.slice(1).map((client) => client.ask("/slow?ms=300"));
  const poison = clients[0]?.ask("/die");
  expect((await poison)?.status).toBe(502);
  expect(
    (await Promise.all(slow)).map(({ status }) => status),
    "the others are answered",
  ).toEqual(slow.map(() => 200));
  const restarts = async () => (await scene.workers()).reduce((sum, { restarts }) => sum + restarts, 0);
  await scene.when(async () => (await restarts()) === 2);
  await scene.when(async () => (await scene.status()).workers.ready === 2);
  // The conviction holds in every gateway: each further request ends one worker only.
  for (const [index, client] of clients.slice(0, 4).entries()) {
    expect((await client.ask("/die")).status).toBe(502);
    await scene.when(async () => (await scene.status()).workers.ready === 2);
    await scene.when(async () => (await restarts()) === 3 + index);
  }
  expect(scene.server.text()).toContain("GET /die ended two workers");
});

test("counters never decrease while gateways are killed", async () => {
  const scene = await start();
  const seen: number[] = [];
  const look = async () => {
    const total = await scene.metric("xsys_http_requests_total").catch(() => undefined);
    if (total !== undefined) seen.push(total);
  };
  await underLoad(scene, async () => {
    for (let kills = 0; kills < 3; kills++) {
      await look();
      const gateways = await scene.gateways().catch(() => []);
      const victim = gateways[kills % 2]?.pid ?? 0;
      if (victim > 0) process.kill(victim, "SIGKILL");
      await look();
      await scene.when(async () => {
        await look();
        const now = await scene.gateways().catch(() => []);
        return now.length === 2 && now.every(({ pid, state }) => state === "ready" && pid !== victim);
      });
    }
    await look();
  });
  expect(seen.length).toBeGreaterThan(6);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBeGreaterThan(seen[0] ?? 0);
  expect(await scene.metric("xsys_gateway_restarts_total")).toBe(3);
});

test("workers that are stopped leave the rotation of every gateway", async () => {
  const scene = await start();
  const clients = await scene.clients(8);
  await scene.command("cluster", "stop", "0");
  const replies = await Promise.all(clients.flatMap((client) => [client.ask("/"), client.ask("/")]));
  const [, left] = await scene.workers();
  expect(new Set(replies.map(({ body }) => body))).toEqual(new Set([String(left?.pid)]));
});

test("a standby takes over in every gateway", async () => {
  const scene = await start({ workers: 1, flags: ["--standbys", "1", "--standby-warm-up", "/"] });
  const clients = await scene.clients(8);
  const [before] = await Promise.all(clients.map((client) => client.ask("/")));
  process.kill(Number(before?.body), "SIGKILL");
  const replies = await Promise.all(clients.map((client) => client.ask("/")));
  expect(replies.map(({ status }) => status)).toEqual(clients.map(() => 200));
  expect(replies.map(({ body }) => body)).not.toContain(before?.body);
});

test("least-connections counts the requests of all gateways", async () => {
  const scene = await start({ flags: ["--cluster-strategy", "least-connections"] });
  const clients = await scene.clients(12);
  const slow = [];
  for (const client of clients.slice(0, 6)) {
    slow.push(client.ask("/slow?ms=3000"));
    await new Promise((resolve) => setTimeout(resolve, 300)); // gateways tell each other their load every 100 ms
  }
  const replies = await Promise.all(slow);
  const counts = Map.groupBy(replies, ({ body }) => body);
  expect([...counts.values()].map(({ length }) => length).sort()).toEqual([3, 3]);
});
