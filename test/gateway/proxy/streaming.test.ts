import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { cleanUp, startProxy, startUpstream } from "./harness.ts";

const MEBIBYTE = Buffer.alloc(1_048_576, "x");
const MANY = 50;

/** Sends a request. The body of its response is not read. */
async function open(port: number, path = "/"): Promise<IncomingMessage> {
  const request = httpRequest({ host: "127.0.0.1", port, path, agent: false }).end();
  request.on("error", () => {});
  cleanUp(() => request.destroy());
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

async function lengthOf(stream: Readable): Promise<number> {
  let length = 0;
  for await (const chunk of stream) length += (chunk as Buffer).length;
  return length;
}

/** Writes 50 MiB as fast as the client reads. The result returns the number of MiB written so far. */
function pour(response: ServerResponse): () => number {
  let taken = 0;
  const more = (): void => {
    while (taken < MANY) {
      taken += 1;
      if (!response.write(MEBIBYTE)) return;
    }
    response.end();
  };
  response.on("drain", more);
  more();
  return () => taken;
}

describe("a body of 50 MiB", () => {
  test("is received completely", async () => {
    const upstream = await startUpstream((_request, response) => void pour(response));
    const { port } = await startProxy({ upstreams: [upstream.url] });
    expect(await lengthOf(await open(port))).toBe(MANY * MEBIBYTE.length);
  });

  test("of a response is not sent faster than its client reads, and does not delay another client", async () => {
    const poured: (() => number)[] = [];
    const upstream = await startUpstream((_request, response) => void poured.push(pour(response)));
    const { port } = await startProxy({ upstreams: [upstream.url] });
    const unread = await open(port);
    expect(await lengthOf(await open(port))).toBe(MANY * MEBIBYTE.length);
    expect(poured[0]?.()).toBeLessThan(MANY / 2); // the capacity of the buffers of four sockets
    expect(await lengthOf(unread)).toBe(MANY * MEBIBYTE.length);
    expect(poured[0]?.()).toBe(MANY);
  });

  test("of a request is sent to the upstream completely", async () => {
    const upstream = await startUpstream(async (request, response) => {
      response.end(String(await lengthOf(request)));
    });
    const { port } = await startProxy({ upstreams: [upstream.url] });
    const request = httpRequest({ host: "127.0.0.1", port, method: "POST", agent: false });
    Readable.from(Array.from({ length: MANY }, () => MEBIBYTE)).pipe(request);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect((await response.toArray()).join("")).toBe(String(MANY * MEBIBYTE.length));
  });

  test("of a request is not read faster than the upstream reads, and does not delay another request", async () => {
    const asked = Promise.withResolvers<[IncomingMessage, ServerResponse]>();
    const upstream = await startUpstream((request, response) => {
      if (request.method === "POST") asked.resolve([request, response]);
      else pour(response);
    });
    const { port } = await startProxy({ upstreams: [upstream.url] });
    const request = httpRequest({ host: "127.0.0.1", port, method: "POST", agent: false });
    const source = Readable.from(Array.from({ length: MANY }, () => MEBIBYTE));
    source.pipe(request);
    const [incoming, answer] = await asked.promise;
    await lengthOf(await open(port));
    expect(source.readableEnded).toBe(false);
    answer.end(String(await lengthOf(incoming)));
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect((await response.toArray()).join("")).toBe(String(MANY * MEBIBYTE.length));
  });
});

describe("an interrupted exchange", () => {
  test("aborts the response if the upstream dies in the middle of it", async () => {
    const upstream = await startUpstream((_request, response) => response.writeHead(200).write(MEBIBYTE));
    const { port, proxy, log } = await startProxy({ upstreams: [upstream.url] });
    const response = await open(port);
    const read = lengthOf(response);
    await once(response, "data");
    await Promise.all([expect(read).rejects.toThrow("aborted"), upstream.die()]);
    expect(proxy.status()).toMatchObject([{ active: 0, failures: 1 }]);
    expect(log.filter(({ level }) => level === 40)).toMatchObject([{ upstream: upstream.url, path: "/" }]);
  });

  test("gives 502 if a small response is incomplete", async () => {
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(200, { "content-length": 10 });
      response.write("half", () => response.socket?.resetAndDestroy());
    });
    const { url } = await startProxy({ upstreams: [upstream.url] });
    expect((await fetch(url, { method: "POST" })).status).toBe(502);
  });

  test("is cancelled at the upstream if the client disconnects before the response", async () => {
    const gone = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const upstream = await startUpstream((_request, response) => {
      response.on("close", () => gone.resolve());
      asked.resolve();
    });
    const { url, proxy } = await startProxy({ upstreams: [upstream.url] });
    const client = new AbortController();
    const answer = fetch(url, { signal: client.signal });
    await asked.promise;
    client.abort();
    await expect(answer).rejects.toThrow("aborted");
    await gone.promise;
    expect(proxy.status()).toMatchObject([{ active: 0, failures: 0, healthy: true }]);
  });

  test("is cancelled at the upstream if the client disconnects during the response", async () => {
    const gone = Promise.withResolvers<void>();
    const upstream = await startUpstream((_request, response) => {
      response.on("close", () => gone.resolve());
      pour(response);
    });
    const { port, proxy } = await startProxy({ upstreams: [upstream.url] });
    const response = await open(port);
    response.destroy();
    await gone.promise;
    await expect.poll(() => proxy.status()).toMatchObject([{ active: 0, failures: 0, healthy: true }]);
  });

  test("is cancelled at the upstream if the client disconnects during its request body", async () => {
    const gone = Promise.withResolvers<void>();
    const upstream = await startUpstream((request) => request.on("error", () => gone.resolve()).resume());
    const { port, proxy } = await startProxy({ upstreams: [upstream.url] });
    const request = httpRequest({ host: "127.0.0.1", port, method: "POST", agent: false });
    request.on("error", () => {});
    request.write("some");
    await once(upstream.server, "request");
    request.destroy();
    await gone.promise;
    await expect.poll(() => proxy.status()).toMatchObject([{ active: 0, failures: 0, healthy: true }]);
  });

  test("delivers a response that the upstream sends before it has read the body", async () => {
    const upstream = await startUpstream((_request, response) => response.writeHead(413).end("too much"));
    const { port } = await startProxy({ upstreams: [upstream.url] });
    const request = httpRequest({ host: "127.0.0.1", port, method: "POST", agent: false });
    request.on("error", () => {});
    cleanUp(() => request.destroy());
    request.write("the beginning");
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect([response.statusCode, (await response.toArray()).join("")]).toEqual([413, "too much"]);
  });
});
