import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { AnswerReader } from "../../bench/load/answer-reader.ts";
import { Ledger } from "../../bench/load/ledger.ts";
import { Load } from "../../bench/load/load.ts";
import type { LoadOptions } from "../../bench/load/order.ts";
import { settle } from "../../bench/load/settle.ts";

const servers: Server[] = [];
const loads: Load[] = [];

afterEach(async () => {
  for (const load of loads.splice(0)) await load[Symbol.asyncDispose]();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function ask(port: number, options: Partial<LoadOptions> = {}): Promise<Load> {
  const usual = {
    host: "127.0.0.1",
    path: "/",
    method: "GET",
    clients: 2,
    sequential: false,
    timeout: 20_000,
  } as const;
  const load = await Load.start({ ...usual, port, ...options });
  loads.push(load);
  return load;
}

describe("HTTP responses", () => {
  const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

  test("are parsed wherever they are split", () => {
    for (let at = 1; at < ANSWER.length; at++) {
      const reader = new AnswerReader();
      expect(reader.push(Buffer.from(ANSWER.slice(0, at))), `split at ${at}`).toBeUndefined();
      expect(reader.push(Buffer.from(ANSWER.slice(at)))).toEqual({ status: 200, body: "hello", closes: false });
    }
  });

  test("without a length end with their last chunk", () => {
    const reader = new AnswerReader();
    expect(
      reader.push(Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")),
    ).toBeUndefined();
    expect(reader.push(Buffer.from("0\r\n\r\n"))?.status).toBe(200);
  });

  test("may have no body, and announce when the server closes the connection", () => {
    const answer = new AnswerReader().push(Buffer.from("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"));
    expect(answer).toEqual({ status: 408, body: "", closes: true });
  });
});

describe("a load", () => {
  test("counts the responses, and lists the processes that answered", async () => {
    const port = await listen((_request, response) => response.end(String(process.pid)));
    const load = await ask(port, { sequential: true });
    expect(await settle(load, 1)).toBe(true);
    expect((await load.look()).answering).toEqual([process.pid]);
    const report = await load.stop();
    expect(report).toMatchObject({ failed: 0, failures: [] });
    expect(report.answered).toBeGreaterThan(0);
  });

  test("sends the body of a POST", async () => {
    const bodies = Promise.withResolvers<string>();
    const port = await listen((request, response) => {
      request.setEncoding("utf8").on("data", bodies.resolve);
      request.on("end", () => response.end("1"));
    });
    await ask(port, { method: "POST" });
    expect(await bodies.promise).toBe("x=1");
  });

  test("may send GETs and POSTs in turn, and counts the failures of each", async () => {
    const port = await listen((request, response) => {
      request.resume();
      response.writeHead(request.method === "POST" ? 500 : 200).end("1");
    });
    const load = await ask(port, { method: "mixed" });
    const { answered, failed, byMethod } = await reportWith(load, (report) => report.answered > 0 && report.failed > 0);
    expect(byMethod).toEqual({ POST: failed });
    expect(answered).toBeGreaterThan(0);
  });

  const failing: [kind: string, answer: RequestListener, options?: Partial<LoadOptions>][] = [
    ["503", (_request, response) => response.writeHead(503).end()],
    ["reset", (request) => request.socket.destroy()],
    ["hang", () => {}, { timeout: 100 }],
  ];
  test.each(failing)("counts a failure of the kind %s", async (kind, answer, options) => {
    const port = await listen(answer);
    const load = await ask(port, options);
    const { failures, byKind, failed } = await reportWith(load, ({ failed }) => failed > 0);
    expect(Object.keys(byKind)).toEqual([kind]);
    expect(byKind).toEqual({ [kind]: failed });
    expect(failures.map((failure) => failure.kind)).toEqual(failures.map(() => kind));
  });

  test("counts refused connections", async () => {
    const port = await listen(() => {});
    servers.pop()?.close();
    const { byKind } = await reportWith(await ask(port), ({ failed }) => failed > 0);
    expect(Object.keys(byKind)).toEqual(["refused"]);
  });

  test("kills no process before a response names one", async () => {
    const load = await ask(await listen(() => {}));
    expect(await load.kill()).toBeUndefined();
  });
});

test("the ledger records how long each client waited for a response from another process after a kill", () => {
  const ledger = new Ledger();
  const [one, other] = [{}, {}];
  ledger.answered(one, 1, 100);
  ledger.killed(100);
  ledger.answered(one, 1, 100); // sent before the kill
  ledger.answered(one, 1, 200);
  ledger.answered(one, 1, 200);
  ledger.answered(other, 1, 200);
  ledger.failed("502", 1);
  expect(ledger.answering()).toEqual([200]);
  const { failover, failures, answered } = ledger.take();
  expect(failover).toHaveLength(2);
  expect(answered).toBe(5);
  expect(failures[0]?.afterKill).toBeGreaterThanOrEqual(0);
  expect(ledger.take()).toMatchObject({ answered: 0, failed: 0, byKind: {}, failover: [] });
});

/** Takes reports until `isWanted` accepts one. */
async function reportWith(load: Load, isWanted: (report: Awaited<ReturnType<Load["take"]>>) => boolean) {
  for (;;) {
    const report = await load.take();
    if (isWanted(report)) return report;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
