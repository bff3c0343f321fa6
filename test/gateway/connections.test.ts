import { once } from "node:events";
import { connect as connectHttp2, constants } from "node:http2";
import { connect, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { cancelIfStalled } from "../../internal/gateway/listener/stalled.ts";
import { type TestGateway, useGateway } from "./support.ts";

const startGateway = useGateway();
const sockets: { destroy(): unknown }[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

test("a connection without a request is closed after the keep-alive timeout", async () => {
  const gateway = await startGateway({ keepAliveTimeout: 50 });
  void (await gateway.worker()).answerAll();
  const socket = open(gateway, get("/"));
  await once(socket, "close");
});

test('a request that arrives byte by byte is HTTP/1.1, although HTTP/2 also begins with "PR"', async () => {
  const gateway = await startGateway();
  void (await gateway.worker()).answerAll();
  const socket = open(gateway);
  for (const byte of "PR") {
    socket.write(byte);
    await sleep(20);
  }
  socket.write("OPFIND /found HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
  expect(await textOf(socket)).toMatch(/^HTTP\/1.1 200 OK.*\/found$/s);
});

test("a refused upgrade leaves no request in flight, whether the client closes or not", async () => {
  const gateway = await startGateway();
  void (await gateway.worker({ id: "0", streams: true })).answerAll();
  const upgrade = "GET /socket HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nmore";
  const socket = connect({ port: gateway.port, host: "127.0.0.1", allowHalfOpen: true });
  sockets.push(socket);
  socket.write(upgrade);
  expect(await textOf(socket)).toMatch(/^HTTP\/1.1 200 OK/);
  await nothingInFlight(gateway);
});

test.each(["HEAD", "GET", "POST"])("an HTTP/2 %s that its client cancels is no longer in flight", async (method) => {
  const gateway = await startGateway();
  const worker = await gateway.worker();
  const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
  sockets.push(session);
  const stream = session.request({ ":path": "/", ":method": method }).on("error", () => {});
  stream.end();
  await worker.asked();
  stream.close(constants.NGHTTP2_CANCEL);
  await nothingInFlight(gateway);
});

test("an HTTP/2 client that disconnects in the middle of its body is detected", async () => {
  const gateway = await startGateway();
  const worker = await gateway.worker();
  const session = connectHttp2(`http://127.0.0.1:${gateway.port}`).on("error", () => {});
  sockets.push(session);
  const answered = session.request({ ":path": "/first" });
  worker.answer(await worker.asked());
  await once(answered.resume(), "end");
  const stream = session.request({ ":path": "/", ":method": "POST", "content-length": "100" }).on("error", () => {});
  stream.write("begun");
  await inFlight(gateway, 2);
  session.destroy();
  await nothingInFlight(gateway);
});

test("a stalled HTTP/2 stream is cancelled if its response is not read or its body does not arrive", () => {
  const ofStream = (writableLength: number, readableFlowing: boolean | null, readableEnded: boolean) => {
    const codes: number[] = [];
    const stream = { writableLength, readableFlowing, readableEnded, close: (code: number) => codes.push(code) };
    cancelIfStalled(stream as never);
    return codes;
  };
  expect(ofStream(1, null, false)).toEqual([constants.NGHTTP2_CANCEL]);
  expect(ofStream(0, true, false)).toEqual([constants.NGHTTP2_CANCEL]);
  expect(ofStream(0, true, true), "it waits for its answer").toEqual([]);
  expect(ofStream(0, false, false), "nobody reads its body").toEqual([]);
});

test("a client that pipelines hundreds of requests is disconnected, and no other client", async () => {
  const gateway = await startGateway();
  const worker = await gateway.worker();
  const other = gateway.ask("/other");
  const asked = await worker.asked();
  const socket = open(gateway, get("/").repeat(300));
  await once(socket, "close");
  worker.answer(asked, "fine");
  expect((await other).body).toBe("fine");
  await nothingInFlight(gateway);
});

test("a service that stops answers requests in flight, each as the last on its connection", async () => {
  const gateway = await startGateway();
  const worker = await gateway.worker();
  const socket = open(gateway, get("/"));
  const asked = await worker.asked();
  await gateway.stop();
  worker.answer(asked, "the last");
  expect(await textOf(socket)).toMatch(/connection: close.*the last$/is);
  await gateway.ended;
});

test.each([100, 102, 103, 199])(
  "a worker's status %d is refused, as the client would expect another response",
  async (status) => {
    const gateway = await startGateway();
    const worker = await gateway.worker();
    const answer = gateway.ask("/");
    worker.answer(await worker.asked(), "", { status });
    expect((await answer).status).toBe(502);
  },
);

test("a worker's Trailer header is removed, because its body has no trailers", async () => {
  const gateway = await startGateway();
  const worker = await gateway.worker();
  const answer = gateway.ask("/");
  worker.answer(await worker.asked(), "whole", { headers: { trailer: "x-sum", "x-kept": "yes" } });
  const { status, headers, body } = await answer;
  expect([status, headers.trailer, headers["x-kept"], body]).toEqual([200, undefined, "yes", "whole"]);
});

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`;
}

function open({ port }: TestGateway, text = ""): Socket {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  sockets.push(socket);
  socket.write(text);
  return socket.resume();
}

async function textOf(socket: Socket): Promise<string> {
  let text = "";
  for await (const bytes of socket.pipe(new PassThrough())) text += bytes;
  return text;
}

/** One request in flight: the one that reads the metrics. */
function nothingInFlight(gateway: TestGateway): Promise<void> {
  return inFlight(gateway, 1);
}

async function inFlight(gateway: TestGateway, requests: number): Promise<void> {
  const figure = `xsys_http_requests_in_flight ${requests}\n`;
  while (!(await gateway.ask("/_xypriss/b/metrics")).body.includes(figure)) await sleep(10);
}
