import { expect, test } from "vitest";
import { WORKER } from "../../../bench/failover/xsys.ts";
import { killEvery, unexpected } from "../../../bench/load/ordeal.ts";
import { settle } from "../../../bench/load/settle.ts";
import { connect } from "../../../clients/typescript/index.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { useServers } from "./start-server.ts";

/** Fewer than in the benchmark, which has a hundred kills. */
const KILLS = 10;
const INTERVAL = 300;
const WORKERS = 3;
const CLIENTS = 32;
/** Milliseconds. A request that waits for a timeout takes longer, and any other takes less. */
const PROMPT = 15_000;

const sandbox = useSandbox();
const servers = useServers(sandbox);

test("no GET fails while workers are killed one after the other", async () => {
  const load = await servers.load(await servers.start(WORKER, WORKERS), { clients: CLIENTS });
  expect(await settle(load, WORKERS, { within: 50_000 })).toBe(true);
  const report = await killEvery(load, INTERVAL, { times: KILLS, processes: WORKERS, within: 50_000 });
  expect(report.settled).toBe(true);
  expect(report.kills).toBeGreaterThan(KILLS / 2);
  expect(report.answered).toBeGreaterThan(KILLS);
  expect(report.byKind).toEqual({});
}, 120_000);

test("a POST that is lost with its worker is answered with 502 at once, and none hangs", async () => {
  const load = await servers.load(await servers.start(WORKER, WORKERS), { clients: CLIENTS, method: "POST" });
  expect(await settle(load, WORKERS, { within: 50_000 })).toBe(true);
  const report = await killEvery(load, INTERVAL, { times: KILLS, processes: WORKERS, within: 50_000 });
  expect(report.settled).toBe(true);
  expect(report.kills).toBeGreaterThan(KILLS / 2);
  expect(unexpected(report), JSON.stringify(report.byKind)).toBe(0);
  expect(report.failed).toBeLessThanOrEqual(report.kills * CLIENTS);
  for (const { took } of report.failures) expect(took).toBeLessThan(PROMPT);
}, 120_000);

test.each(["GET", "POST"] as const)(
  "no %s fails during a rolling restart",
  async (method) => {
    const gateway = await servers.start(WORKER, WORKERS);
    const load = await servers.load(gateway, { clients: CLIENTS, method });
    expect(await settle(load, WORKERS, { within: 50_000 })).toBe(true);
    const { answering: former } = await load.look();
    const client = await connect({ socket: gateway.socket });
    await client.cluster.restart({}).result;
    client.close();
    expect(await settle(load, WORKERS, { former, within: 50_000 })).toBe(true);
    expect((await load.stop()).byKind).toEqual({});
  },
  120_000,
);
