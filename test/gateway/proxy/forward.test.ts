import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { cleanUp, startProxy, startUpstream } from "./harness.ts";

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** An upstream that answers with the request it received. */
async function echoing() {
  return startUpstream(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { method, url, headers } = request;
    response.setHeader("x-powered-by", "echo");
    response.setHeader("set-cookie", ["a=1", "b=2"]);
    response.end(JSON.stringify({ method, url, headers, body }));
  });
}

/** The request as the upstream received it. Sent without fetch, which rejects some of these headers. */
async function seen(url: string, headers: Record<string, string>, client?: string): Promise<Echo> {
  const upstream = await echoing();
  const { port } = await startProxy({ upstreams: [upstream.url] }, client);
  const request = httpRequest({ host: "127.0.0.1", port, path: url, headers, agent: false }).end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return JSON.parse((await response.toArray()).join("")) as Echo;
}

describe("a request", () => {
  test("is forwarded unchanged: method, path, query, headers and body", async () => {
    const upstream = await echoing();
    const { url } = await startProxy({ upstreams: [upstream.url] });
    const response = await fetch(`${url}/a%2Fb//c?x=%20&x=2`, {
      method: "POST",
      headers: { "x-own": "yes", cookie: "a=b" },
      body: "hello",
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      method: "POST",
      url: "/a%2Fb//c?x=%20&x=2",
      body: "hello",
      headers: { "x-own": "yes", cookie: "a=b", "content-length": "5" },
    });
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(response.headers.get("x-powered-by")).toBe("echo");
    expect(response.headers.has("via")).toBe(false);
  });

  test("keeps its Host", async () => {
    const { headers } = await seen("/", { host: "shop.example:8080" });
    expect(headers).toMatchObject({ host: "shop.example:8080", "x-forwarded-host": "shop.example:8080" });
  });

  test("of an untrusted client has the client's address, not its forwarding headers", async () => {
    const { headers } = await seen("/", { "x-forwarded-for": "6.6.6.6", "x-forwarded-proto": "https" });
    expect(headers).toMatchObject({ "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http" });
  });

  test("of a trusted proxy keeps its forwarding headers", async () => {
    const told = { "x-forwarded-for": "6.6.6.6", "x-forwarded-proto": "https", "x-forwarded-host": "shop.example" };
    const { headers } = await seen("/", told, "6.6.6.6");
    expect(headers).toMatchObject({ ...told, "x-forwarded-for": "6.6.6.6, 127.0.0.1" });
  });

  test("is forwarded without hop-by-hop headers and those that Connection names", async () => {
    const { headers } = await seen("/", {
      connection: "close, X-Mine, Host, X-Forwarded-For",
      "x-mine": "1",
      "keep-alive": "timeout=5",
      te: "trailers",
      "proxy-authorization": "Basic eDp5",
      expect: "100-continue",
      "x-kept": "1",
    });
    for (const name of ["x-mine", "keep-alive", "te", "proxy-authorization", "expect"]) {
      expect(headers).not.toHaveProperty(name);
    }
    expect(headers).toMatchObject({ "x-kept": "1", "x-forwarded-for": "127.0.0.1", connection: "keep-alive" });
  });

  test("over HTTP/2 is forwarded over HTTP/1.1, and the response has no headers that HTTP/2 forbids", async () => {
    const upstream = await startUpstream((request, response) => {
      response.writeHead(200, {
        connection: "keep-alive, x-hop",
        "keep-alive": "timeout=5",
        "x-hop": "1",
        "x-end": "1",
      });
      response.end(JSON.stringify(request.headers));
    });
    const { url } = await startProxy({ upstreams: [upstream.url] });
    const session = connectHttp2(url);
    cleanUp(() => session.destroy());
    const stream = session.request({ ":path": "/", ":authority": "shop.example" });
    const [headers] = await once(stream, "response");
    expect(headers).toMatchObject({ ":status": 200, "x-end": "1" });
    expect(headers).not.toHaveProperty("x-hop");
    const asked = JSON.parse((await stream.toArray()).join(""));
    expect(asked).toMatchObject({ host: "shop.example", "x-forwarded-host": "shop.example" });
    expect(Object.keys(asked).filter((name) => name.startsWith(":"))).toEqual([]);
  });

  test("over HTTP/1.0 without Host is sent with the upstream's own host", async () => {
    const upstream = await echoing();
    const { port } = await startProxy({ upstreams: [upstream.url] });
    const client = connect(port, "127.0.0.1");
    client.write("GET /old HTTP/1.0\r\n\r\n");
    const answer = (await client.toArray()).join("");
    expect(answer).toContain(`"host":"127.0.0.1:${upstream.port}"`);
  });

  test("with a body of unknown length is streamed", async () => {
    const upstream = await echoing();
    const { port } = await startProxy({ upstreams: [upstream.url] });
    const request = httpRequest({ host: "127.0.0.1", port, method: "PUT", agent: false });
    request.write("one ");
    setImmediate(() => request.end("two"));
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const echo = JSON.parse((await response.toArray()).join("")) as Echo;
    expect(echo).toMatchObject({ body: "one two", headers: { "transfer-encoding": "chunked" } });
  });

  test("that cannot be forwarded is refused, and the upstream stays healthy", async () => {
    const upstream = await echoing();
    const { port, proxy } = await startProxy({ upstreams: [upstream.url] });
    const request = httpRequest({ host: "127.0.0.1", port, method: "OPTIONS", path: "*", agent: false }).end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(400);
    expect(proxy.status()).toMatchObject([{ healthy: true, failures: 0, active: 0 }]);
  });
});

describe("a response", () => {
  test.each([204, 304])("with status %d has no body", async (status) => {
    const upstream = await startUpstream((_request, response) => response.writeHead(status, { etag: '"1"' }).end());
    const { url } = await startProxy({ upstreams: [upstream.url] });
    const response = await fetch(url);
    expect([response.status, response.headers.get("etag"), await response.text()]).toEqual([status, '"1"', ""]);
  });

  test("to HEAD has the Content-Length of GET", async () => {
    const upstream = await startUpstream((_request, response) =>
      response.writeHead(200, { "content-length": 7 }).end(),
    );
    const { url } = await startProxy({ upstreams: [upstream.url] });
    const response = await fetch(url, { method: "HEAD" });
    expect([response.status, response.headers.get("content-length")]).toEqual([200, "7"]);
  });

  test("that is empty is complete", async () => {
    const upstream = await startUpstream((_request, response) =>
      response.writeHead(500, { "content-length": 0 }).end(),
    );
    const { url } = await startProxy({ upstreams: [upstream.url] });
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([500, ""]);
  });

  test("is streamed: its first part arrives before the last one is written", async () => {
    const upstream = await startUpstream((request, response) => {
      if (request.url === "/go-on") {
        waiting.resolve();
        response.end();
      } else {
        response.write("beginning");
        void waiting.promise.then(() => response.end(" and end"));
      }
    });
    const waiting = Promise.withResolvers<void>();
    const { url } = await startProxy({ upstreams: [upstream.url] });
    const response = await fetch(url);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe("beginning");
    await fetch(`${url}/go-on`);
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe(" and end");
  });

  test("keeps its content encoding", async () => {
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end(Buffer.from("H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA==", "base64"));
    });
    const { url } = await startProxy({ upstreams: [upstream.url] });
    const response = await fetch(url);
    expect(await response.text()).toBe("hello");
    expect(response.headers.get("content-encoding")).toBe("gzip");
  });
});
