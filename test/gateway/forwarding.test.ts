import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { cleanUp, startUpstream } from "./proxy/harness.ts";
import { PROXY, type TestGateway, useGateway } from "./support.ts";

const startGateway = useGateway();

const TOLD = {
  forwarded: "for=6.6.6.6",
  "x-forwarded": "for=6.6.6.6",
  "x-forwarded-for": "6.6.6.6",
  "x-forwarded-host": "evil.example",
  "x-forwarded-proto": "https",
  "x-forwarded-port": "666",
  "x-forwarded-prefix": "/evil",
  "x-real-ip": "6.6.6.6",
};
const MISSPELT = {
  x_forwarded_for: "6.6.6.6",
  "x-forwarded_for": "6.6.6.6",
  X_Forwarded_Host: "evil.example",
  x_real_ip: "6.6.6.6",
  "x.forwarded.for": "6.6.6.6",
};
const CLIENTS_OWN = { "x-other": "1", x_other: "2", "x-forward": "3", from: "me" };

/** A gateway with an upstream that answers with the headers it received. */
async function proxying(trustProxy: readonly string[]): Promise<TestGateway> {
  const upstream = await startUpstream(({ headers }, response) => response.end(JSON.stringify(headers)));
  return startGateway({ trustProxy, proxy: { ...PROXY, upstreams: [upstream.url] } });
}

/** A gateway with a worker that answers with the headers it received. */
async function withWorker(trustProxy: readonly string[]): Promise<TestGateway> {
  const gateway = await startGateway({ trustProxy });
  void (await gateway.worker()).answerAll(({ headers }) => JSON.stringify(headers));
  return gateway;
}

function lowerCase(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
}

async function seen(gateway: TestGateway, headers: Record<string, string>): Promise<IncomingHttpHeaders> {
  return JSON.parse((await gateway.ask("/", { headers: { host: "a.example", ...headers } })).body);
}

describe("from an untrusted client", () => {
  test("an upstream receives only the gateway's forwarding headers", async () => {
    const headers = await seen(await proxying(["10.0.0.0/8"]), { ...TOLD, ...MISSPELT, ...CLIENTS_OWN });
    expect(headers).toEqual({
      ...CLIENTS_OWN,
      host: "a.example",
      connection: "keep-alive",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-host": "a.example",
      "x-forwarded-proto": "http",
      "x-real-ip": "127.0.0.1",
    });
  });

  test("a worker receives the headers unchanged, and the address of the connection", async () => {
    const gateway = await startGateway({ trustProxy: [] });
    const worker = await gateway.worker();
    const sent = { ...TOLD, ...lowerCase(MISSPELT), ...CLIENTS_OWN };
    const answered = gateway.ask("/", { headers: { host: "a.example", ...sent } });
    const asked = await worker.asked();
    expect(asked.headers).toEqual({ ...sent, host: "a.example", connection: "close" });
    expect(asked.remote_addr).toMatch(/^127\.0\.0\.1:\d+$/);
    worker.answer(asked);
    await answered;
  });

  test("an upstream receives none of its forwarding headers over HTTP/2", async () => {
    const gateway = await proxying([]);
    const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
    cleanUp(() => session.destroy());
    const headers = await text(session.request({ ...TOLD, x_forwarded_for: "6.6.6.6", "x-kept": "1" }));
    expect(headers).not.toMatch(/6\.6\.6|evil|"666/);
    expect(JSON.parse(headers)).toMatchObject({ "x-kept": "1", host: `127.0.0.1:${gateway.port}` });
  });

  test("an upstream receives none of its forwarding headers with an upgrade", async () => {
    const upgraded = Promise.withResolvers<IncomingHttpHeaders>();
    const upstream = await startUpstream(() => {});
    upstream.server.on("upgrade", ({ headers }, socket) => {
      upgraded.resolve(headers);
      socket.destroy();
    });
    const gateway = await startGateway({ proxy: { ...PROXY, upstreams: [upstream.url] } });
    const headers = { ...TOLD, ...MISSPELT, connection: "upgrade", upgrade: "websocket" };
    const request = httpRequest({ host: "127.0.0.1", port: gateway.port, headers, agent: false });
    request.on("error", () => {}).end();
    expect(JSON.stringify(await upgraded.promise)).not.toMatch(/6\.6\.6|evil|"666/);
  });
});

describe("from a trusted proxy", () => {
  test("an upstream receives its forwarding headers, extended by the proxy's address", async () => {
    const headers = await seen(await proxying(["loopback"]), { ...TOLD, ...MISSPELT, ...CLIENTS_OWN });
    expect(headers).toEqual({
      ...CLIENTS_OWN,
      ...TOLD,
      host: "a.example",
      connection: "keep-alive",
      forwarded: 'for=6.6.6.6, for=127.0.0.1;proto=http;host="a.example"',
      "x-forwarded-for": "6.6.6.6, 127.0.0.1",
    });
  });

  test("a worker receives the headers unchanged, and the forwarded address", async () => {
    const gateway = await startGateway({ trustProxy: ["loopback"] });
    const worker = await gateway.worker();
    const answered = gateway.ask("/", { headers: { host: "a.example", ...TOLD } });
    const asked = await worker.asked();
    expect(asked.headers).toEqual({ ...TOLD, host: "a.example", connection: "close" });
    expect(asked.remote_addr).toMatch(/^6\.6\.6\.6/);
    worker.answer(asked);
    await answered;
  });

  test("an upstream receives the scheme, also without a forwarded address", async () => {
    const headers = await seen(await proxying(["loopback"]), { "x-forwarded-proto": "https" });
    expect(headers).toMatchObject({ "x-forwarded-proto": "https", "x-forwarded-for": "127.0.0.1" });
  });
});

test("an ignored X-Forwarded-For is logged once", async () => {
  const gateway = await withWorker([]);
  await seen(gateway, { "x-kept": "1" });
  expect(gateway.log.filter(({ peer }) => peer !== undefined)).toEqual([]);
  for (const _ of [1, 2]) await seen(gateway, TOLD);
  await expect
    .poll(() => gateway.log.filter(({ peer }) => peer !== undefined))
    .toMatchObject([{ level: 30, peer: "127.0.0.1" }]);
});

test("an upstream receives no framing or hop-by-hop header spelled with underscores", async () => {
  const misspelt = { content_length: "5", transfer_encoding: "chunked", proxy_authorization: "x", Keep_Alive: "x" };
  const headers = await seen(await proxying([]), { ...misspelt, "x-kept": "1" });
  for (const name of Object.keys(misspelt)) expect(headers).not.toHaveProperty(name.toLowerCase());
  expect(headers).toMatchObject({ "x-kept": "1" });
});
