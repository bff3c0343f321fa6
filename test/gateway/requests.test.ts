import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { useSandbox } from "../support/sandbox.ts";
import { useGateway } from "./support.ts";

const startGateway = useGateway();
const sandbox = useSandbox();

describe("a worker receives", () => {
  test("path and query unchanged, headers in lower case with host, and the first value of each parameter", async () => {
    const gateway = await startGateway();
    const worker = await gateway.worker();
    const answered = gateway.ask("/a%20b/c?x=1&x=2&y=%C3%A9+z&__proto__=p", {
      headers: { "X-Mixed": "Case", cookie: "a=1" },
    });
    const asked = await worker.asked();
    expect(asked).toMatchObject({
      method: "GET",
      url: "/a%20b/c?x=1&x=2&y=%C3%A9+z&__proto__=p",
      headers: { "x-mixed": "Case", cookie: "a=1", host: `127.0.0.1:${gateway.port}` },
      params: {},
      remote_addr: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      local_addr: `127.0.0.1:${gateway.port}`,
    });
    expect(Object.entries(asked.query)).toEqual([
      ["x", "1"],
      ["y", "é z"],
      ["__proto__", "p"],
    ]);
    expect(asked).not.toHaveProperty("body");
    worker.answer(asked, "ok");
    await expect(answered).resolves.toMatchObject({ status: 200, body: "ok" });
  });

  test("the parameters of the matching route, or none without a match", async () => {
    const gateway = await startGateway();
    const worker = await gateway.worker({ id: "master" }, [
      { method: "GET", path: "/users/:id", target: "worker" },
      { method: "GET", path: "/(.*)", target: "worker" },
    ]);
    void worker.answerAll(({ params }) => JSON.stringify(params));
    expect((await gateway.ask("/users/J%C3%BCrgen/")).body).toBe('{"id":"Jürgen"}');
    expect((await gateway.ask("/elsewhere")).body).toBe("{}");
  });

  test("HEAD as GET without a route for HEAD, and the client receives only Content-Length", async () => {
    const gateway = await startGateway();
    const worker = await gateway.worker({ id: "master" }, [{ method: "GET", path: "/", target: "worker" }]);
    void worker.answerAll(({ method }) => method);
    for (const path of ["/", "/without-a-route"]) {
      const { status, headers, body } = await gateway.ask(path, { method: "HEAD" });
      expect([status, headers["content-length"], body]).toEqual([200, "3", ""]);
    }
  });

  test.each(["HEAD", "ALL", "*", "all"])("HEAD as HEAD with a route for %s", async (method) => {
    const gateway = await startGateway();
    const worker = await gateway.worker({ id: "master" }, [
      { method: "GET", path: "/files/:name", target: "worker" },
      { method, path: "/files/:any", target: "worker" },
    ]);
    const told = gateway.ask("/files/a", { method: "HEAD" });
    const asked = await worker.asked();
    expect(asked).toMatchObject({ method: "HEAD", params: { any: "a" } });
    worker.answer(asked, "", { headers: { "content-length": 1234, etag: '"a"' } });
    expect(await told).toMatchObject({ status: 200, headers: { "content-length": "1234", etag: '"a"' }, body: "" });

    const long = gateway.ask("/files/a", { method: "HEAD" });
    worker.answer(await worker.asked(), "a body");
    expect(await long).toMatchObject({ headers: { "content-length": "6" }, body: "" });
    const untold = gateway.ask("/files/a", { method: "HEAD" });
    worker.answer(await worker.asked(), "", { headers: { "content-length": "5 or so" } });
    expect((await untold).headers["content-length"]).toBeUndefined();
  });

  test("methods that no other route matches through a route for all methods", async () => {
    const gateway = await startGateway();
    const worker = await gateway.worker({ id: "master" }, [
      { method: "POST", path: "/a/:id", target: "worker" },
      { method: "ALL", path: "/a/:other", target: "worker" },
    ]);
    void worker.answerAll(({ method, params }) => `${method} ${JSON.stringify(params)}`);
    expect((await gateway.ask("/a/1", { method: "POST" })).body).toBe('POST {"id":"1"}');
    for (const method of ["GET", "PROPFIND"])
      expect((await gateway.ask("/a/1", { method })).body).toBe(`${method} {"other":"1"}`);
  });

  test("a body with its Content-Length, also if it was chunked", async () => {
    const gateway = await startGateway();
    const worker = await gateway.worker();
    const answered = gateway.ask("/", { method: "POST", headers: { "transfer-encoding": "chunked" }, body: "né" });
    const asked = await worker.asked();
    expect(Buffer.from(asked.body, "base64").toString()).toBe("né");
    expect(asked.headers["content-length"]).toBe("3");
    expect(asked.headers).not.toHaveProperty("transfer-encoding");
    worker.answer(asked);
    await answered;
  });

  test("the path of an absolute URL as the target", async () => {
    const gateway = await startGateway();
    void (await gateway.worker()).answerAll();
    expect((await gateway.ask("http://example.org/a?b=1")).body).toBe("/a?b=1");
    expect((await gateway.ask("http://example.org")).body).toBe("/");
    expect((await gateway.ask("nowhere")).status).toBe(400);
  });
});

describe("a response has", () => {
  test("the worker's status and headers, numbers as strings, lists as lines, and the correct Content-Length", async () => {
    const gateway = await startGateway();
    const worker = await gateway.worker();
    const answered = gateway.ask("/");
    const headers = { "Content-Length": 9999, "X-Number": 5, "Set-Cookie": ["a=1", "b=2"], Connection: "close" };
    worker.answer(await worker.asked(), "body", { status: 201, headers });
    const { status, body, headers: got } = await answered;
    expect([status, body]).toEqual([201, "body"]);
    expect(got).toMatchObject({ "content-length": "4", "x-number": "5", "set-cookie": ["a=1", "b=2"] });
    expect(got["x-response-time"]).toMatch(/^\d+(\.\d+)?ms$/);
  });

  test("header values outside Latin-1 as UTF-8, while the path of a delegated file is not changed", async () => {
    const gateway = await startGateway();
    const worker = await gateway.worker();
    const file = await sandbox.write("Łódź/größe €.txt", "file");
    const disposition = 'attachment; filename="größe €.txt"';
    const answered = gateway.ask("/");
    worker.answer(await worker.asked(), "", {
      status: 0,
      headers: { "X-XHSC-Static-Delegate": file, "Content-Disposition": [disposition] },
    });
    const { status, body, headers } = await answered;
    expect([status, body]).toEqual([200, "file"]);
    expect(Buffer.from(headers["content-disposition"] ?? "", "latin1").toString()).toBe(disposition);
  });

  test("no body if its status allows none", async () => {
    const gateway = await startGateway();
    const worker = await gateway.worker();
    const answered = gateway.ask("/");
    worker.answer(await worker.asked(), "body", { status: 204 });
    expect(await answered).toMatchObject({ status: 204, body: "" });
  });

  test.each([
    ["a header with a line break", { status: 200, headers: { "x-a": "1\r\nx-b: 2" } }],
    ["an invalid header name", { status: 200, headers: { "x a": "1" } }],
    ["no status", { status: "fine" }],
    ["an invalid status", { status: 1000 }],
    ["an upgrade that was not requested", { status: 101 }],
  ])("status 502 if the worker's response has %s", async (_what, answer) => {
    const gateway = await startGateway();
    const worker = await gateway.worker();
    const answered = gateway.ask("/");
    worker.answer(await worker.asked(), "", answer);
    expect((await answered).status).toBe(502);
  });
});

describe("size limits", () => {
  test("give 414 for a target, 431 for a header and 413 for a body, with or without Content-Length", async () => {
    const gateway = await startGateway({ maxUrl: 100, maxBody: 1_000 });
    void (await gateway.worker()).answerAll();
    expect((await gateway.ask(`/${"x".repeat(99)}`)).status).toBe(200);
    expect((await gateway.ask(`/${"x".repeat(100)}`)).status).toBe(414);
    expect((await gateway.ask("/", { headers: { "x-long": "x".repeat(20_000) } })).status).toBe(431);
    const body = "x".repeat(1_001);
    expect((await gateway.ask("/", { method: "POST", body: body.slice(1) })).status).toBe(200);
    expect((await gateway.ask("/", { method: "POST", body })).status).toBe(413);
    const chunked = { method: "POST", body, headers: { "transfer-encoding": "chunked" } };
    expect((await gateway.ask("/", chunked)).status).toBe(413);
  });

  test("give 413 instead of 100 Continue for a body that is too large", async () => {
    const gateway = await startGateway({ maxBody: 10 });
    void (await gateway.worker()).answerAll(({ body }) => Buffer.from(body, "base64").toString());
    const socket = connect(gateway.port, "127.0.0.1");
    const head = (length: number) =>
      `POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: ${length}\r\n`;
    socket.write(`${head(5)}\r\n`);
    expect(String(await once(socket, "data"))).toMatch(/^HTTP\/1.1 100 Continue/);
    socket.write("12345");
    expect(String(await once(socket, "data"))).toMatch(/^HTTP\/1.1 200 OK[\s\S]*12345$/);
    socket.write(`${head(11)}connection: close\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 413 /);
  });
});

test("HTTP/2 on the same port is answered the same way, and the worker sees no difference", async () => {
  const gateway = await startGateway();
  const worker = await gateway.worker();
  const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
  const stream = session.request({ ":method": "POST", ":path": "/h2?a=1", "x-a": "b" });
  stream.end("sent");
  const asked = await worker.asked();
  expect(asked).toMatchObject({
    method: "POST",
    url: "/h2?a=1",
    headers: { host: `127.0.0.1:${gateway.port}`, "x-a": "b" },
  });
  expect(Object.keys(asked.headers).filter((name) => name.startsWith(":"))).toEqual([]);
  expect(Buffer.from(asked.body, "base64").toString()).toBe("sent");
  worker.answer(asked, "got", { headers: { "set-cookie": ["a=1", "b=2"], connection: "close", "x-utf8": "€" } });
  const [headers] = await once(stream, "response");
  expect(headers).toMatchObject({ ":status": 200, "set-cookie": ["a=1", "b=2"], "content-length": "3" });
  expect(Buffer.from(headers["x-utf8"], "latin1").toString()).toBe("€");
  expect(await text(stream)).toBe("got");
  session.destroy();
});

describe("a client that requests a WebSocket", () => {
  const upgrade = "GET /socket HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";

  test("from a worker without support is answered over HTTP, and its connection is closed", async () => {
    const gateway = await startGateway();
    void (await gateway.worker()).answerAll();
    const socket = connect(gateway.port, "127.0.0.1");
    socket.write(upgrade);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 200 OK[\s\S]*\/socket$/);
  });

  test("and disconnects before the worker has accepted is cancelled, and no longer in flight", async () => {
    const gateway = await startGateway();
    const worker = await gateway.worker({ id: "0", streams: true });
    const socket = connect(gateway.port, "127.0.0.1");
    socket.write(upgrade);
    const { id } = await worker.asked();
    socket.destroy();
    expect(await worker.peer.message()).toMatchObject({ type: "Cancel", id: Number(id) });
    await expect
      .poll(async () => JSON.parse((await gateway.ask("/_xypriss/b/status")).body).requests_in_flight)
      .toBe(1);
  });

  test("with another protocol is answered as if there were no upgrade", async () => {
    const gateway = await startGateway();
    void (await gateway.worker()).answerAll();
    expect((await gateway.ask("/", { headers: { connection: "upgrade", upgrade: "h2c" } })).body).toBe("/");
  });
});

test("the last request on an idle connection is answered while the service stops", async () => {
  const gateway = await startGateway();
  void (await gateway.worker()).answerAll();
  const socket = connect(gateway.port, "127.0.0.1");
  socket.write("GET /first HTTP/1.1\r\nhost: a\r\n\r\n");
  expect(String(await once(socket, "data"))).toMatch(/^HTTP\/1.1 200 OK[\s\S]*keep-alive[\s\S]*\/first$/i);
  await gateway.stop();
  socket.write("GET /last HTTP/1.1\r\nhost: a\r\n\r\n");
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 OK[\s\S]*connection: close[\s\S]*\/last$/i);
  await gateway.ended;
});
