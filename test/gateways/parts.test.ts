import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { JoinedGateways } from "../../clients/typescript/worker/joined-gateways.ts";
import type { Gate } from "../../internal/gateway/exchange/answer.ts";
import { Metrics } from "../../internal/gateway/observe/metrics.ts";
import type { GatewayPeer } from "../../internal/host/gateways/gateway-peer.ts";
import { divideOptions } from "../../internal/host/gateways/options.ts";
import { Passages } from "../../internal/host/gateways/passages.ts";
import { fakeLog } from "../gateway/fake-log.ts";
import { GATEWAY } from "../gateway/support.ts";
import { useSandbox } from "../support/sandbox.ts";

describe("the options are divided", () => {
  const rateLimit = { max: 1, window: 1, message: "", headers: false, legacyHeaders: false, exclude: ["/x"] };

  test("into what a gateway does by itself, and what the service does for all", () => {
    const options = {
      ...GATEWAY,
      rateLimit,
      concurrency: { max: 1, maxPerClient: 0, maxQueue: 0, queueTimeout: 1 },
      breaker: { threshold: 1, timeout: 1 },
      guards: { helmet: {}, slowdown: {} },
      strategy: "least-connections",
    } as const;
    const { own, common, shared } = divideOptions(options, 2, fakeLog().log);
    expect(own).not.toHaveProperty("rateLimit");
    expect(own).not.toHaveProperty("concurrency");
    expect(own).not.toHaveProperty("breaker");
    expect(own.guards).toEqual({ helmet: {} });
    expect(own.statics.concurrency).toBe(GATEWAY.statics.concurrency / 2);
    expect(common).toMatchObject({ rateLimit, guards: { slowdown: {} }, breaker: { threshold: 1 } });
    expect(shared).toEqual({
      gates: { takesPath: true, takesEnd: true },
      hasBreaker: true,
      hasQuality: false,
      countsElsewhere: true,
    });
  });

  test("so that a gateway asks nothing if nothing is shared", () => {
    const { shared } = divideOptions(GATEWAY, 2, fakeLog().log);
    expect(shared).toEqual({ gates: undefined, hasBreaker: false, hasQuality: false, countsElsewhere: false });
  });

  test("and a rate limit in Redis stays with the gateways", () => {
    const inRedis = { ...rateLimit, store: "redis://localhost" };
    const { own, common, shared } = divideOptions({ ...GATEWAY, rateLimit: inRedis }, 2, fakeLog().log);
    expect(own.rateLimit).toEqual(inRedis);
    expect(common).not.toHaveProperty("rateLimit");
    expect(shared.gates).toBeUndefined();
  });

  test("with one CSRF secret for all gateways, which is logged to be temporary", () => {
    const { log, lines } = fakeLog();
    const { own } = divideOptions({ ...GATEWAY, guards: { csrf: {} } }, 2, log);
    expect(own.guards.csrf?.secret).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify(lines)).toContain("no secret is set");
    const given = divideOptions({ ...GATEWAY, guards: { csrf: { secret: "s" } } }, 2, fakeLog().log);
    expect(given.own.guards.csrf).toEqual({ secret: "s" });
  });

  test("unless there are fewer files to read at once than gateways", () => {
    const options = { ...GATEWAY, statics: { ...GATEWAY.statics, concurrency: 3 } };
    expect(() => divideOptions(options, 4, fakeLog().log)).toThrow("cannot share a limit of 3 files");
  });
});

describe("the gates of all gateways", () => {
  /** One place. */
  function onePlace() {
    let taken = 0;
    const gate: Gate = (request) => {
      if (taken === 1) return { status: 503, headers: {}, body: Buffer.from("full") };
      taken++;
      request.onEnd(() => taken--);
      return undefined;
    };
    const answers: unknown[] = [];
    const gateway = { send: (_: string, answer: unknown) => answers.push(answer), flush: () => {} };
    return { passages: new Passages([gate]), gateway: gateway as unknown as GatewayPeer, answers };
  }

  test("a request that begins and ends in one message keeps no place", () => {
    const { passages, gateway, answers } = onePlace();
    passages.take(gateway, { enter: [[1, "a"]], leave: [1] });
    passages.take(gateway, { enter: [[2, "a"]], leave: [] });
    expect(answers).toMatchObject([{ passed: [1] }, { passed: [2] }]);
  });

  test("a place that becomes free in a message is given to the next request in it", () => {
    const { passages, gateway, answers } = onePlace();
    passages.take(gateway, { enter: [[1, "a"]], leave: [] });
    passages.take(gateway, {
      enter: [
        [2, "a"],
        [3, "a"],
      ],
      leave: [1],
    });
    expect(answers).toMatchObject([{ passed: [1] }, { passed: [2], others: [[3, { refused: { status: 503 } }]] }]);
  });
});

test("the counts of two gateways are added, series by series", () => {
  const [one, other, sum] = [new Metrics(), new Metrics(), new Metrics()];
  one.record("/", "GET", 200, 0.001);
  one.record("/", "GET", 500, 0.001);
  other.record("/", "GET", 200, 60);
  for (const metrics of [one, other]) for (const series of metrics.series) sum.add(series);
  expect([sum.total, sum.failed]).toEqual([3, 1]);
  expect(sum.series).toHaveLength(2);
  const [found] = sum.series;
  expect(found).toMatchObject({ route: "/", method: "GET", status: "200", count: 2 });
  expect(found?.sum).toBeCloseTo(60.001);
  expect([found?.buckets[1], found?.buckets.at(-1)]).toEqual([1, 1]);
  sum.add({ route: "other", method: "other", status: "5xx", count: 4, sum: 1, buckets: [4] });
  sum.add({ route: "other", method: "other", status: "4xx", count: 2, sum: 1, buckets: [2] });
  expect([sum.total, sum.failed]).toEqual([9, 5]);
});

describe("a worker", () => {
  const sandbox = useSandbox();
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function gateway(name: string): Promise<{ path: string; next: () => Promise<Socket> }> {
    const server = createServer();
    servers.push(server);
    server.listen(sandbox.path(name));
    await once(server, "listening");
    return { path: sandbox.path(name), next: async () => (await once(server, "connection"))[0] };
  }

  test("connects once to each gateway in the list, and again to one that replaces another", async () => {
    const keys: string[] = [];
    const owner = { take: () => {}, onError: () => {} };
    const joined = new JoinedGateways(owner, (_link, { key }) => keys.push(key));
    const [first, second] = [await gateway("a"), await gateway("b")];
    const list = [
      { id: "1", socket: first.path },
      { id: "2", socket: second.path },
    ];
    const connections = Promise.all([first.next(), second.next()]);
    joined.update({ key: "k", gateways: list });
    joined.update({ key: "k", gateways: list });
    const [one] = await connections;
    const replaced = first.next();
    one?.destroy();
    joined.update({ key: "k", gateways: [{ id: "3", socket: first.path }, ...list.slice(1)] });
    const last = await replaced;
    expect(keys.slice(0, 2)).toEqual(["k", "k"]);
    joined.close();
    await once(last, "close");
    joined.update({ key: "k", gateways: [{ id: "4", socket: first.path }] });
    expect(keys.length).toBeLessThanOrEqual(3);
  });
});
