import { once } from "node:events";
import { createServer, IncomingMessage, type RequestListener, type Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { finished, pipeline } from "node:stream/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serveNodeWorker, type WorkerHandle, workerContext } from "../../../clients/typescript/worker.ts";
import { bodyOf, FakeGateway } from "../../support/fake-gateway.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
let gateway: FakeGateway;
let worker: WorkerHandle;
let errors: unknown[];

beforeEach(async () => {
  gateway = await FakeGateway.listen(sandbox.path("gateway.sock"));
  errors = [];
});

afterEach(async () => {
  worker.close();
  await gateway.close();
});

async function serve(app: RequestListener | Server): Promise<void> {
  const onError = (error: unknown) => errors.push(error);
  worker = await serveNodeWorker(app, { socket: gateway.path, exitOnClose: false, onError });
}

describe("a response of node:http", () => {
  test.each(["xbp", "json"] as const)("is one frame when it is ended at once, in %s as it came", async (encoding) => {
    await serve((_request, response) => {
      response.setHeader("Set-Cookie", ["a=1", "b=2"]);
      response.setHeader("X-Number", 5);
      response.end("hello");
    });
    const answer = await gateway.fetch({}, { encoding });
    expect(answer).toEqual({
      encoding,
      status: 200,
      headers: { "set-cookie": ["a=1", "b=2"], "x-number": "5" },
      body: Buffer.from("hello"),
      stream: undefined,
    });
  });

  test.each<[string, (response: ServerResponse) => void, object]>([
    [
      "an object",
      (response) => response.writeHead(201, { "Content-Type": "a/b", "Content-Length": 2 }),
      { "content-type": "a/b" },
    ],
    [
      "a list",
      (response) => response.writeHead(201, "Made", ["A", "1", "Link", "x", "link", "y"]),
      { a: "1", link: ["x", "y"] },
    ],
    ["pairs", (response) => response.writeHead(201, [["A", ["1", "2"]]] as never), { a: ["1", "2"] }],
    [
      "an object beside what was set",
      (response) => response.setHeader("A", "1").setHeader("B", "2").writeHead(201, { a: "3" }),
      { a: "3", b: "2" },
    ],
    ["nothing", (response) => response.writeHead(201), {}],
  ])("has its head by writeHead with %s", async (_what, writeHead, headers) => {
    await serve((_request, response) => {
      writeHead(response);
      response.end("ok");
    });
    expect(await gateway.fetch({})).toMatchObject({ status: 201, headers, body: Buffer.from("ok") });
  });

  test("refuses a field that is none, and the client gets 500", async () => {
    await serve((_request, response) => response.writeHead(200, { "x-split": "a\r\nb" }));
    expect(await gateway.fetch({})).toMatchObject({ status: 500 });
    expect(errors).toMatchObject([{ code: "ERR_INVALID_CHAR" }]);
  });

  test("is one frame when its parts are written in one tick, and chunks when they are not", async () => {
    await serve(async ({ url }, response) => {
      response.write("one ");
      if (url === "/late") await new Promise(setImmediate);
      response.write("two ", "latin1");
      response.end(Buffer.from("three"));
    });
    const [soon, late] = await Promise.all([gateway.fetch({}), gateway.fetch({ url: "/late" })]);
    expect([soon.stream, soon.body.toString()]).toEqual([undefined, "one two three"]);
    expect(late.stream).toBeDefined();
    expect((await bodyOf(late)).toString()).toBe("one two three");
  });

  test("is sent as far as it is when it is flushed", async () => {
    const more = Promise.withResolvers<void>();
    await serve(async (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      await more.promise;
      response.end("data: 1\n\n");
    });
    const answer = await gateway.fetch({});
    expect(answer.headers).toEqual({ "content-type": "text/event-stream" });
    more.resolve();
    expect((await bodyOf(answer)).toString()).toBe("data: 1\n\n");
  });

  test("has no body with 204 and 304, whatever was written", async () => {
    await serve((_request, response) => response.writeHead(304, { etag: "x" }).end("body"));
    expect(await gateway.fetch({})).toMatchObject({ status: 304, headers: { etag: "x" }, body: Buffer.alloc(0) });
  });

  test("tells its life by the events and properties that frameworks go by", async () => {
    const seen: string[] = [];
    const closed = Promise.withResolvers<void>();
    await serve((request, response) => {
      for (const event of ["finish", "close"]) response.on(event, () => seen.push(event));
      response.on("close", () => {
        seen.push(`${response.writableFinished} ${response.headersSent} ${response.destroyed} ${request.complete}`);
        closed.resolve();
      });
      response.end("done");
      seen.push(`${response.writableEnded}`);
    });
    await gateway.fetch({});
    await closed.promise;
    expect(seen).toEqual(["true", "finish", "close", "true true true true"]);
  });

  test("drops what comes before its head: the gateway has told its client to go on", async () => {
    await serve((_request, response) => {
      response.writeContinue();
      response.writeEarlyHints({ link: "</a.css>; rel=preload" });
      response.end("ok");
    });
    expect(await gateway.fetch({})).toMatchObject({ status: 200, body: Buffer.from("ok") });
  });

  test("is piped into no faster than it is taken, and to its end", async () => {
    let written = 0;
    const result = Promise.withResolvers<unknown>();
    async function* parts() {
      for (; written < 4_000_000; written += 50_000) yield Buffer.alloc(50_000, "x");
    }
    await serve(
      (_request, response) => void pipeline(parts(), response).then(() => result.resolve("done"), result.resolve),
    );
    const answer = await gateway.fetch({});
    gateway.say("Ping", {});
    await gateway.message("Pong");
    expect(written).toBeLessThan(2_000_000);
    expect((await bodyOf(answer)).length).toBe(4_000_000);
    expect(await result.promise).toBe("done");
  });

  test("is closed, and its request aborted, when the client has gone", async () => {
    const begun = Promise.withResolvers<void>();
    const seen = Promise.withResolvers<unknown[]>();
    await serve(async (request, response) => {
      const events: string[] = [];
      request.on("aborted", () => events.push("aborted"));
      request.on("error", ({ code }: NodeJS.ErrnoException) => events.push(`error ${code}`));
      request.on("close", () => events.push("request close"));
      request.socket.on("close", () => events.push("socket close"));
      response.write("part");
      begun.resolve();
      await finished(response).catch(({ code }) => events.push(code));
      await new Promise(setImmediate);
      seen.resolve([...events.sort(), response.destroyed, response.write("more")]);
    });
    const exchange = gateway.send({ method: "POST" }, { input: true });
    await exchange.answer;
    await begun.promise;
    exchange.cancel();
    expect(await seen.promise).toEqual([
      "ERR_STREAM_PREMATURE_CLOSE",
      "aborted",
      "error ECONNRESET",
      "request close",
      "socket close",
      true,
      false,
    ]);
    expect(errors).toEqual([]);
  });

  test("that is destroyed leaves its client a 502, or an answer cut short", async () => {
    await serve(({ url }, response) => {
      if (url === "/late") response.write("part");
      setImmediate(() => response.destroy());
    });
    expect(await gateway.fetch({})).toMatchObject({ status: 502 });
    await expect(bodyOf(await gateway.fetch({ url: "/late" }))).rejects.toThrow("the worker broke off");
  });

  test("gets 500 when the listener throws or rejects, and the next one is answered", async () => {
    await serve(({ url }, response) => {
      if (url === "/throw") throw new Error("a bug");
      if (url === "/reject") return Promise.reject(new Error("late")) as never;
      response.end("fine");
    });
    expect(await gateway.fetch({ url: "/throw" })).toMatchObject({ status: 500 });
    expect(await gateway.fetch({ url: "/reject" })).toMatchObject({ status: 500 });
    expect((await gateway.fetch({})).body.toString()).toBe("fine");
    expect(errors.map(String)).toEqual(["Error: a bug", "Error: late"]);
  });
});

describe("a request of node:http", () => {
  test("is what the gateway told, with the client's address as its socket's", async () => {
    await serve((request, response) => {
      const { method, url, headers, rawHeaders, httpVersion, socket } = request;
      const { remoteAddress, remotePort, remoteFamily, localPort } = socket;
      const { params } = workerContext(request);
      const told = {
        method,
        url,
        headers,
        rawHeaders,
        httpVersion,
        remoteAddress,
        remotePort,
        remoteFamily,
        localPort,
        params,
      };
      response.end(JSON.stringify(told));
    });
    const headers = { host: "x", cookie: ["a=1", "b=2"], "x-a": ["1", "2"] };
    const answer = await gateway.fetch(
      { url: "/a?b", headers, remoteAddr: "[::1]:99, 10.0.0.1", params: { id: "7" } },
      { encoding: "json" },
    );
    expect(JSON.parse(answer.body.toString())).toEqual({
      method: "GET",
      url: "/a?b",
      headers: { host: "x", cookie: "a=1; b=2", "x-a": "1, 2" },
      rawHeaders: ["host", "x", "cookie", "a=1", "cookie", "b=2", "x-a", "1", "x-a", "2"],
      httpVersion: "1.1",
      remoteAddress: "::1",
      remotePort: 99,
      remoteFamily: "IPv6",
      localPort: 80,
      params: { id: "7" },
    });
  });

  test.each([
    ["whole", false],
    ["in chunks", true],
  ])("has the body that came %s, and the fields that tell of one", async (_how, input) => {
    await serve(async (request, response) => {
      const { "content-length": length, "transfer-encoding": encoding } = request.headers;
      response.end(JSON.stringify([length, encoding, await text(request), request.complete]));
    });
    const body = Buffer.from("grüße");
    const exchange = gateway.send({ method: "POST", ...(!input && { body }) }, { input });
    if (input) await exchange.input.write(body).then(() => exchange.endInput());
    const told = JSON.parse((await exchange.answer).body.toString());
    expect(told).toEqual([...(input ? [null, "chunked"] : ["7", null]), "grüße", true]);
  });

  test("of a form whose files were stored has the fields as JSON, and the files beside it", async () => {
    await serve(async (request, response) => {
      response.end(
        JSON.stringify([request.headers["content-type"], await text(request), workerContext(request).files]),
      );
    });
    const file = {
      fieldname: "f",
      originalname: "o",
      encoding: "7bit",
      mimetype: "a/b",
      destination: "/d",
      filename: "n",
      path: "/d/n",
      size: 3,
    };
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    const answer = await gateway.fetch({ method: "POST", headers, body: Buffer.from('{"a":"1"}'), files: [file] });
    expect(JSON.parse(answer.body.toString())).toEqual(["application/json", '{"a":"1"}', [file]]);
  });

  test("that is answered before all of it has come is over, whether it is being read or not", async () => {
    await serve((request, response) => {
      if (request.url === "/read") request.resume();
      response.end("early");
    });
    for (const url of ["/read", "/leave"]) {
      const exchange = gateway.send({ method: "POST", url }, { input: true });
      expect((await exchange.answer).body.toString()).toBe("early");
      await exchange.input.write(Buffer.from("late"));
      exchange.endInput();
    }
    expect(errors).toEqual([]);
  });

  test("that is destroyed breaks its exchange off, and tells so", async () => {
    const closed = Promise.withResolvers<boolean>();
    await serve((request) => {
      request.on("close", () => closed.resolve(request.aborted));
      request.destroy();
    });
    expect(await gateway.fetch({ method: "POST" }, { input: true })).toMatchObject({ status: 502 });
    expect(await closed.promise).toBe(true);
  });

  test("and its response outlive a change of their prototypes, as Express makes one", async () => {
    const requests = Object.create(IncomingMessage.prototype);
    const responses = Object.create(ServerResponse.prototype, {
      send: {
        value(this: ServerResponse, body: string) {
          this.setHeader("x-sent", "1");
          this.end(body);
        },
      },
    });
    await serve(async (request, response) => {
      Object.setPrototypeOf(request, requests);
      Object.setPrototypeOf(response, responses);
      const body = await text(request);
      (response as ServerResponse & { send(body: string): void }).send(`${body} ${workerContext(request).params.id}`);
    });
    const answer = await gateway.fetch({ method: "POST", body: Buffer.from("body"), params: { id: "7" } });
    expect(answer).toMatchObject({ headers: { "x-sent": "1" }, body: Buffer.from("body 7") });
  });

  test("is no business of whoever asks for the context of another", () => {
    expect(() => workerContext(new IncomingMessage(undefined as never))).toThrow("none of serveNodeWorker's");
  });
});

describe("a change of protocol", () => {
  const headers = { host: "x", connection: "Upgrade", upgrade: "echo" };
  const saying = { input: true, upgrade: true };

  test("is the server's upgrade event, whose socket takes a head as text and then bytes", async () => {
    const server = createServer();
    server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: ec");
      socket.write(`ho\r\nX-Url: ${request.url}\r\n\r\nfirst `);
      socket.pipe(socket);
    });
    await serve(server);
    const exchange = gateway.send({ url: "/socket", headers }, saying);
    const answer = await exchange.answer;
    expect(answer).toMatchObject({ status: 101, headers: { upgrade: "echo", "x-url": "/socket" } });
    await exchange.input.write(Buffer.from("second"));
    exchange.endInput();
    expect((await bodyOf(answer)).toString()).toBe("first second");
  });

  test("is refused by another head, and 502 when the socket is just closed, or given what is no head", async () => {
    const server = createServer();
    server.on("upgrade", ({ url }: IncomingMessage, socket: Duplex) => {
      if (url === "/refuse") socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nA: 1\r\nA: 2\r\n\r\nno");
      else if (url === "/large") socket.write(Buffer.alloc(70_000));
      else if (url === "/garbage") socket.write("hello\r\n\r\n");
      else socket.destroy();
    });
    await serve(server);
    const refused = await gateway.fetch({ url: "/refuse", headers }, saying);
    expect(refused).toMatchObject({ status: 403, headers: { a: ["1", "2"] } });
    expect((await bodyOf(refused)).toString()).toBe("no");
    for (const url of ["/close", "/large", "/garbage"]) {
      expect(await gateway.fetch({ url, headers }, saying)).toMatchObject({ status: 502 });
    }
  });

  test("is a request as any other where no server takes it", async () => {
    await serve(createServer((_request, response) => response.end("plain")));
    expect((await gateway.fetch({ headers }, saying)).body.toString()).toBe("plain");
  });

  test("ends for the worker when its client breaks off", async () => {
    const server = createServer();
    const taken = once(server, "upgrade");
    await serve(server);
    const exchange = gateway.send({ headers }, saying);
    const [, socket] = await taken;
    socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n");
    await exchange.answer;
    exchange.cancel();
    await once(socket, "close");
    expect(socket.destroyed).toBe(true);
  });
});
