import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { cleanUp, startProxy } from "./harness.ts";

const CREATED = "HTTP/1.1 201 Created\r\ncontent-length: 4\r\n\r\nmade";
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const PROCESSING = "HTTP/1.1 102 Processing\r\nx-a: 1\r\n\r\n";
const HINTS = "HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n";

/** An upstream that calls `answer` for each complete request header, and counts them. */
async function rawUpstream(answer: (socket: Socket, count: number) => unknown) {
  let count = 0;
  const server = createServer((socket) => {
    let head = "";
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      head += bytes.toString("latin1");
      if (!head.endsWith("\r\n\r\n")) return;
      head = "";
      count += 1;
      answer(socket, count);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests: () => count };
}

/** Writes each byte as a separate packet. */
async function byteByByte(socket: Socket, answer: string): Promise<void> {
  socket.setNoDelay(true);
  for (const byte of answer) {
    socket.write(byte, "latin1");
    await new Promise(setImmediate);
  }
}

async function answered(url: string, init: RequestInit = {}): Promise<[number, string]> {
  const response = await fetch(url, init);
  return [response.status, await response.text()];
}

describe("the response of an upstream is the first final one, and the request is sent once, after", () => {
  test.each([
    ["100", CONTINUE],
    ["100 twice", CONTINUE + CONTINUE],
    ["102", PROCESSING],
    ["103", HINTS],
    ["100 after 102 and 103", PROCESSING + HINTS + CONTINUE],
    ["102 after 100", CONTINUE + PROCESSING],
    ["100 with headers", "HTTP/1.1 100 Go on\r\nx-a: 1\r\nx-b: \r\n\r\n"],
    ["100 without a reason phrase", "HTTP/1.1 100 \r\n\r\n"],
    ["199", "HTTP/1.1 199 What\r\n\r\n"],
  ])("%s", async (_what, interim) => {
    for (const write of [(socket: Socket) => socket.write(interim + CREATED), undefined]) {
      const upstream = await rawUpstream(write ?? ((socket) => byteByByte(socket, interim + CREATED)));
      const { url, log } = await startProxy({ upstreams: [upstream.url] });
      expect(await answered(url)).toEqual([201, "made"]);
      expect(await answered(url, { method: "POST" })).toEqual([201, "made"]);
      expect(upstream.requests()).toBe(2);
      expect(log.filter(({ level }) => Number(level) >= 40)).toEqual([]);
    }
  });
});

test("an interim response within a body is passed on, and the connection is reused", async () => {
  const body = `${CONTINUE}HTTP/1.1 100 Continue\r\n\r\n`;
  const whole = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`;
  const sockets = new Set<Socket>();
  const upstream = await rawUpstream(async (socket, count) => {
    sockets.add(socket);
    if (count % 2 === 0) await byteByByte(socket, CONTINUE + whole + body);
    else socket.write(whole, () => socket.write(body));
  });
  const { url } = await startProxy({ upstreams: [upstream.url] });
  for (let count = 0; count < 4; count++) expect(await answered(url)).toEqual([200, body]);
  expect(sockets.size).toBe(1);
});

test("an upstream that sends 100 in the middle of a body receives the rest of the body", async () => {
  const upstream = createServer((socket) => {
    let got = "";
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      if (got === "") socket.write(CONTINUE);
      got += String(bytes);
      if (got.endsWith("\r\n0\r\n\r\n")) socket.end(CREATED);
    });
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  cleanUp(() => upstream.close());
  const { port } = await startProxy({ upstreams: [`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`] });
  const request = httpRequest({ host: "127.0.0.1", port, method: "POST", agent: false });
  request.write("one");
  await new Promise(setImmediate);
  request.end("two");
  const [response] = await once(request, "response");
  expect([response.statusCode, await text(response)]).toEqual([201, "made"]);
});

describe("the response is 502, and the request is sent once, after", () => {
  test.each([
    ["an upgrade that was not requested", "HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"],
    ["an upgrade without a protocol", "HTTP/1.1 101 Switching\r\n\r\n"],
    ["100 without a final response", CONTINUE],
    ["bytes that are not HTTP", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["an invalid status", "HTTP/1.1 1xx Continue\r\n\r\n"],
    ["too many interim responses", PROCESSING.repeat(200) + CREATED],
  ])("%s", async (_what, answer) => {
    const upstream = await rawUpstream((socket) => socket.end(answer));
    const { url, log } = await startProxy({ upstreams: [upstream.url] });
    expect((await answered(url))[0]).toBe(502);
    expect(upstream.requests()).toBe(1);
    expect(log.filter(({ level }) => level === 40)).toMatchObject([
      { upstream: upstream.url, status: 502, reason: expect.any(String), method: "GET", path: "/" },
    ]);
  });
});
