import { describe, expect, test } from "vitest";
import { bodyOf, type FakeAnswer } from "../../support/fake-gateway.ts";
import { TELL, usePreload } from "./application.ts";

const scene = usePreload();

async function jsonOf(answer: Promise<FakeAnswer>): Promise<unknown> {
  return JSON.parse((await bodyOf(await answer)).toString());
}

const TLS = { XSYS_GATEWAY: "https://127.0.0.1:8080" };

describe("a request", () => {
  test("has the client's address and scheme, and the server", async () => {
    const code = `${TELL}
      const server = http.createServer((request, response) => {
        const { remoteAddress, localPort, encrypted } = request.socket;
        response.end(JSON.stringify([remoteAddress, localPort, encrypted === true, request.socket.server === server]));
      }).listen(8080);`;
    await scene.start(code);
    await scene.gateway.message("RegisterWorker");
    expect(await jsonOf(scene.gateway.fetch({}))).toEqual(["10.0.0.1", 80, false, true]);
  });

  test.each([
    ["https", "https.createServer(serve)"],
    ["http2", "http2.createServer(serve)"],
    ["http2 with TLS", "http2.createSecureServer({ allowHTTP1: true }, serve)"],
  ])("reaches a server of node:%s, of a gateway with TLS", async (_kind, create) => {
    await scene.start(
      `${TELL} const https = require("node:https"), http2 = require("node:http2");
      const serve = (request, response) => response.end(JSON.stringify([
        request.socket.encrypted, request.authority ?? null, request.headers[":path"] ?? null]));
      ${create}.listen(8080);`,
      { env: TLS },
    );
    await scene.gateway.message("RegisterWorker");
    const isHttp2 = create.startsWith("http2");
    const expected = [true, isHttp2 ? "app.test" : null, isHttp2 ? "/a" : null];
    expect(await jsonOf(scene.gateway.fetch({ url: "/a" }))).toEqual(expected);
  });

  test("reaches listeners that were added after listen, and HEAD arrives as HEAD", async () => {
    await scene.start(`${TELL}
      const server = http.createServer().listen(8080, () => {
        server.on("request", (request, response) => response.setHeader("x-method", request.method).end());
      });`);
    const { payload } = await scene.gateway.message("SyncRoutes");
    expect(payload).toEqual([{ method: "HEAD", path: "/*path", target: "worker" }]);
    expect((await scene.gateway.fetch({ method: "HEAD" })).headers).toEqual({ "x-method": "HEAD" });
  });

  test("has an asynchronous context of its own, also when several arrive at once", async () => {
    await scene.start(`${TELL}
      const storage = new (require("node:async_hooks").AsyncLocalStorage)();
      http.createServer((request, response) => {
        const before = storage.getStore() ?? null;
        storage.enterWith(request.url);
        setImmediate(() => response.end(JSON.stringify([before, storage.getStore()])));
      }).listen(8080);`);
    await scene.gateway.message("RegisterWorker");
    const answers = ["/a", "/b", "/c"].map((url) => jsonOf(scene.gateway.fetch({ url })));
    expect(await Promise.all(answers)).toEqual([
      [null, "/a"],
      [null, "/b"],
      [null, "/c"],
    ]);
  });

  test("is an instance of the classes that createServer was given", async () => {
    await scene.start(`${TELL}
      class Request extends http.IncomingMessage { get own() { return "own"; } }
      class Response extends http.ServerResponse { send(text) { this.end(text); } }
      http.createServer({ IncomingMessage: Request, ServerResponse: Response }, (request, response) => {
        response.send(request.own);
      }).listen(8080);`);
    await scene.gateway.message("RegisterWorker");
    expect((await scene.gateway.fetch({})).body.toString()).toBe("own");
  });

  test("with Expect reaches the listener for checkContinue", async () => {
    await scene.start(`${TELL}
      http.createServer((_, response) => response.end("request")).on("checkContinue", (request, response) => {
        response.writeContinue();
        request.pipe(response);
      }).listen(8080);`);
    await scene.gateway.message("RegisterWorker");
    const headers = { host: "x", expect: "100-continue" };
    const answer = await scene.gateway.fetch({ method: "POST", headers, body: Buffer.from("body") });
    expect((await bodyOf(answer)).toString()).toBe("body");
    expect((await scene.gateway.fetch({})).body.toString()).toBe("request");
  });

  test.each([
    ["connection", "http.createServer(serve)"],
    ["secureConnection", `require("node:https").createServer(serve)`],
  ])("is a connection to applications that list their connections by the event %s", async (event, create) => {
    const app = await scene.start(`${TELL}
      const serve = (request, response) => response.end(String(sockets.has(request.socket)));
      const sockets = new Set();
      const server = ${create}.on("${event}", (socket) => {
        sockets.add(socket);
        socket.on("close", () => {
          sockets.delete(socket);
          server.getConnections((_, count) => tell(sockets.size, count));
        });
      }).listen(8080);`);
    await scene.gateway.message("RegisterWorker");
    expect((await scene.gateway.fetch({})).body.toString()).toBe("true");
    expect(await app.told()).toEqual([0, 0]);
  });

  test("whose listener throws causes an uncaught exception, and the others are answered", async () => {
    const app = await scene.start(`${TELL}
      process.on("uncaughtException", ({ message }) => tell(message));
      http.createServer(({ url }, response) => {
        if (url === "/throw") throw new Error("a bug");
        response.end("well");
      }).listen(8080);`);
    await scene.gateway.message("RegisterWorker");
    scene.gateway.send({ url: "/throw" });
    const [told, answer] = await Promise.all([app.told(), scene.gateway.fetch({})]);
    expect([told, answer.body.toString()]).toEqual([["a bug"], "well"]);
  });

  test("to upgrade reaches the upgrade event, unless shouldUpgradeCallback refuses it", async () => {
    await scene.start(
      `${TELL}
      http.createServer({ shouldUpgradeCallback: ({ url }) => url !== "/no" }, (_, response) => response.end("plain"))
        .on("upgrade", (request, socket) => {
          socket.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: echo\\r\\nConnection: Upgrade\\r\\n\\r\\n");
          socket.pipe(socket);
        }).listen(8080);`,
    );
    await scene.gateway.message("RegisterWorker");
    const upgrading = { input: true, upgrade: true };
    const headers = { host: "x", connection: "Upgrade", upgrade: "echo" };
    const exchange = scene.gateway.send({ url: "/yes", headers }, upgrading);
    const answer = await exchange.answer;
    expect(answer.status).toBe(101);
    await exchange.input.write(Buffer.from("echoed"));
    exchange.endInput();
    expect((await bodyOf(answer)).toString()).toBe("echoed");
    expect((await scene.gateway.fetch({ url: "/no", headers }, upgrading)).body.toString()).toBe("plain");
  });
});
