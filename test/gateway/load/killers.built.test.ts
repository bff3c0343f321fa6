import { expect, test } from "vitest";
import { killers } from "../../../bench/failover/killers.ts";
import { xsys } from "../../../bench/failover/xsys.ts";
import type { Gateway } from "../../../bench/xsys-gateway.ts";
import { connect } from "../../../clients/typescript/index.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { useServers } from "./start-server.ts";

const KILLABLE = new URL("killable.ts", import.meta.url);
const sandbox = useSandbox();
const servers = useServers(sandbox);

async function get({ port }: Gateway, path: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  await response.text();
  return response.status;
}

test.each([
  ["exits", "/exit", [], /exited with code 1/],
  ["throws an uncaught error", "/throw", [], /exited with code 1/],
  ["aborts", "/abort", [], /was ended by SIGABRT/],
  ["crashes", "/segv", [], /was ended by SIGSEGV/],
  ["hangs", "/hang", ["--ping-interval", "200", "--ping-timeout", "2000", "--timeout", "0"], /hung/],
] as const)(
  "a request on which a worker %s ends two workers, the next such request one, and both are reported",
  async (_what, path, flags, reason) => {
    const gateway = await servers.start(KILLABLE, 2, flags);
    expect(await get(gateway, "/")).toBe(200);
    await using client = await connect({ socket: gateway.socket });
    const records = async () => client.cluster.crashes({});
    expect(await get(gateway, `${path}?token=1`)).toBe(502);
    await expect.poll(async () => (await records()).length, { timeout: 20_000 }).toBe(2);
    expect((await records()).map(({ requests }) => requests[0])).toMatchObject([
      { method: "GET", path, query: "token=1", verdict: "convicted" },
      { method: "GET", path, verdict: "suspect" },
    ]);
    expect((await records()).map((record) => record.reason)).toEqual(Array(2).fill(expect.stringMatching(reason)));
    expect(await get(gateway, path)).toBe(502);
    await expect.poll(async () => (await records()).length, { timeout: 20_000 }).toBe(3);
    expect((await records())[0]?.requests).toMatchObject([{ path, verdict: "convicted" }]);
    expect(await get(gateway, "/")).toBe(200);
  },
  120_000,
);

test("no normal request fails beside requests that end workers", async () => {
  const report = await killers(xsys(2), { times: 8, interval: 300 });
  expect(report.byKind).toEqual({});
  expect(report.answered).toBeGreaterThan(100);
  expect(report.deaths, "each takes one, and the first of them a second").toBe(9);
}, 120_000);

test("no normal request fails with a single worker either", async () => {
  const report = await killers(xsys(1), { times: 3, interval: 300 });
  expect(report.byKind).toEqual({});
  expect(report.deaths).toBe(4);
}, 120_000);
