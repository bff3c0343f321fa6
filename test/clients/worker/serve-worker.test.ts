import { createHash } from "node:crypto";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type ServeOptions,
  serveWorker,
  type WorkerHandle,
  type WorkerHandler,
} from "../../../clients/typescript/worker.ts";
import { bodyOf, FakeGateway } from "../../support/fake-gateway.ts";
import { useSandbox } from "../../support/sandbox.ts";

const sandbox = useSandbox();
let gateway: FakeGateway;
let worker: WorkerHandle | undefined;
let errors: unknown[];

beforeEach(async () => {
  gateway = await FakeGateway.listen(sandbox.path("gateway.sock"));
  errors = [];
});

afterEach(async () => {
  worker?.close();
  await gateway.close();
});

async function serve(handler: WorkerHandler, options: ServeOptions = {}): Promise<void> {
  worker = await serveWorker(handler, {
    socket: gateway.path,
    exitOnClose: false,
    onError: (error) => errors.push(error),
    ...options,
  });
}

describe("a worker", () => {
  test("registers, and then tells its routes", async () => {
    const routes = [
      { method: "GET", path: "/users/:id" },
      { method: "GET", path: "/files/*path", files: "/srv/files" },
    ];
    await serve(() => new Response("hello"), { routes });
    expect((await gateway.message("RegisterWorker")).payload).toEqual({
      id: "master",
      pid: process.pid,
      xbp: true,
      streams: true,
    });
    expect((await gateway.message("SyncRoutes")).payload).toEqual([
      { method: "GET", path: "/users/:id", target: "worker" },
      { method: "GET", path: "/files/*path", target: "static", file_path: "/srv/files" },
    ]);
  });

  test("registers under the names that its environment gives it", async () => {
    vi.stubEnv("XYPRISS_WORKER_ID", "3");
    vi.stubEnv("XSYS_WORKER_KEY", "k-9");
    vi.stubEnv("XYPRISS_IPC_PATH", gateway.path);
    await serve(() => new Response("hello"), { socket: undefined });
    vi.unstubAllEnvs();
    expect((await gateway.message("RegisterWorker")).payload).toMatchObject({ id: "3", key: "k-9" });
  });

  test("answers a ping with its id, and takes a ForceGC and words it does not know", async () => {
    await serve(() => new Response("hello"));
    gateway.say("ForceGC", null);
    gateway.say("Unheard", {});
    gateway.say("Ping", {}, 7);
    expect(await gateway.message("Pong")).toEqual({ type: "Pong", payload: {}, id: 7 });
  });

  test("is told at once, and by name, that there is no gateway", async () => {
    const socket = sandbox.path("nobody.sock");
    await expect(serveWorker(() => new Response(), { socket })).rejects.toThrow(`no gateway to work for at ${socket}`);
    await expect(serveWorker(() => new Response(), { socket: "" })).rejects.toThrow("XYPRISS_IPC_PATH is not set");
  });

  test("ends with its gateway's connection", async () => {
    await serve(() => new Response("hello"));
    await gateway.message("SyncRoutes");
    await gateway.close();
    await worker?.closed;
    gateway = await FakeGateway.listen(sandbox.path("another.sock"));
  });

  test("ends when the gateway does not take it, and says why", async () => {
    await serve(() => new Response("hello"));
    await gateway.message("SyncRoutes");
    gateway.say("Response", { status: "error", error: "this service takes no workers", code: "UNSUPPORTED" });
    await worker?.closed;
    expect(errors).toMatchObject([{ code: "UNAVAILABLE", message: expect.stringContaining("takes no workers") }]);
  });

  test("closes the connection over what is not the protocol, and says so", async () => {
    await serve(() => new Response("hello"));
    await gateway.message("SyncRoutes");
    gateway.garble();
    await worker?.closed;
    expect(errors).toMatchObject([{ code: "BAD_FRAME" }]);
  });
});

describe.each(["xbp", "json"] as const)("a request in %s", (encoding) => {
  test("is answered in the same, with status, headers and body", async () => {
    await serve(
      () =>
        new Response("hello", {
          status: 201,
          headers: [
            ["a", "1"],
            ["set-cookie", "x=1"],
            ["set-cookie", "y=2"],
          ],
        }),
    );
    const answer = await gateway.fetch({}, { encoding });
    expect(answer).toMatchObject({ encoding, status: 201, stream: undefined });
    expect(answer.headers).toEqual({
      a: "1",
      "content-type": "text/plain;charset=UTF-8",
      "set-cookie": ["x=1", "y=2"],
    });
    expect(answer.body.toString()).toBe("hello");
  });

  test("is a web Request, with what the gateway knows beside it", async () => {
    await serve(async (request, context) => {
      const { method, url, headers } = request;
      const isRequest = request instanceof Request;
      return Response.json({
        isRequest,
        method,
        url,
        accept: headers.get("Accept"),
        body: await request.text(),
        context,
      });
    });
    const body = Buffer.from("grüße");
    const sent = { method: "POST", url: "/a/b?c=d", headers: { host: "Example.com:80", accept: "x" }, body };
    const answer = await gateway.fetch({ ...sent, params: { id: "7" }, query: { c: "d" } }, { encoding });
    expect(JSON.parse(answer.body.toString())).toEqual({
      isRequest: true,
      method: "POST",
      url: "http://example.com/a/b?c=d",
      accept: "x",
      body: "grüße",
      context: {
        params: { id: "7" },
        query: { c: "d" },
        remoteAddr: "10.0.0.1:4321",
        localAddr: "127.0.0.1:80",
        files: [],
        uploadErrors: [],
      },
    });
  });

  test("gets 500 when its handler throws, and the next one is answered", async () => {
    await serve(({ url }) => {
      if (url.endsWith("/throw")) throw new Error("a bug");
      return url.endsWith("/nothing") ? (undefined as unknown as Response) : new Response("fine");
    });
    expect(await gateway.fetch({ url: "/throw" }, { encoding })).toMatchObject({ status: 500 });
    expect(await gateway.fetch({ url: "/nothing" }, { encoding })).toMatchObject({ status: 500 });
    expect((await gateway.fetch({ url: "/" }, { encoding })).body.toString()).toBe("fine");
    expect(errors.map(String)).toEqual(["Error: a bug", "TypeError: a handler gave no Response"]);
  });
});

describe("a Request", () => {
  test.each([
    ["/a/../b", "http://app.test/b"],
    ["/a/%2E%2e/b", "http://app.test/b"],
    ["//evil/x", "http://app.test//evil/x"],
    ["/ü <>", "http://app.test/%C3%BC%20%3C%3E"],
    ["*", "http://app.test/*"],
    ["/a?b=/../c", "http://app.test/a?b=/../c"],
  ])("for %s has the URL %s", async (url, expected) => {
    await serve((request) => new Response(request.url));
    expect((await gateway.fetch({ url })).body.toString()).toBe(expected);
  });

  test.each(["", "a b", "x/y", "user@host", "a:99999", "[::1"])("of the host %j is one for localhost", async (host) => {
    await serve((request) => new Response(request.url));
    expect((await gateway.fetch({ headers: { host } })).body.toString()).toBe("http://localhost/");
  });

  test("has a body that can be had once, in each way that a Request knows", async () => {
    await serve(async (request) => {
      const { search } = new URL(request.url);
      const read: Record<string, () => Promise<unknown>> = {
        "?text": () => request.text(),
        "?json": () => request.json(),
        "?bytes": async () => Buffer.from(await request.bytes()).toString(),
        "?arrayBuffer": async () => Buffer.from(await request.arrayBuffer()).toString(),
        "?blob": async () => (await request.blob()).text(),
        "?formData": async () => [...(await request.formData())],
        "?stream": async () => Buffer.concat(await Array.fromAsync(request.body ?? [])).toString(),
        "?clone": async () => [await request.clone().text(), await request.text()],
        "?new": async () => new Request((request as unknown as { real: Request }).real).text(),
      };
      const before = request.bodyUsed;
      const result = await read[search]?.();
      return Response.json([before, result, request.bodyUsed, await request.text().catch(() => "used")]);
    });
    const ask = async (search: string, body: string) => {
      const headers = { host: "x", "content-type": "application/x-www-form-urlencoded" };
      const answer = await gateway.fetch({ method: "POST", url: `/${search}`, headers, body: Buffer.from(body) });
      return JSON.parse(answer.body.toString());
    };
    for (const search of ["?text", "?bytes", "?arrayBuffer", "?blob", "?stream", "?new"]) {
      expect([search, await ask(search, "ü")]).toEqual([search, [false, "ü", true, "used"]]);
    }
    expect(await ask("?json", '{"a":[1]}')).toEqual([false, { a: [1] }, true, "used"]);
    expect(await ask("?formData", "a=1&a=2")).toEqual([
      false,
      [
        ["a", "1"],
        ["a", "2"],
      ],
      true,
      "used",
    ]);
    expect(await ask("?clone", "twice")).toEqual([false, ["twice", "twice"], true, "used"]);
  });

  test("without a body has none, and tells the rest as any Request", async () => {
    await serve(async (request) =>
      Response.json([await request.text(), request.cache, request.mode, request.bodyUsed, request.body]),
    );
    expect(JSON.parse((await gateway.fetch({})).body.toString())).toEqual(["", "default", "cors", false, null]);
  });

  test("keeps its headers where one of them is no field of HTTP", async () => {
    await serve((request) => Response.json([...request.headers]));
    const headers = { host: "x", ":path": "/", "x-snow": "☃", "x-two": ["1", "2"] };
    const answer = await gateway.fetch({ headers }, { encoding: "json" });
    expect(JSON.parse(answer.body.toString())).toEqual([
      ["host", "x"],
      ["x-two", "1, 2"],
    ]);
  });

  test("brings the files of a form", async () => {
    await serve(async (_request, { files, uploadErrors }) => Response.json({ files, uploadErrors }));
    const files = [
      {
        fieldname: "f",
        originalname: "o",
        encoding: "7bit",
        mimetype: "a/b",
        destination: "/d",
        filename: "n",
        path: "/d/n",
        size: 3,
      },
    ];
    const uploadErrors = [{ message: "exceeds limit", type: "LIMIT_FILE_SIZE" as const }];
    const answer = await gateway.fetch({ method: "POST", files, uploadErrors });
    expect(JSON.parse(answer.body.toString())).toEqual({ files, uploadErrors });
  });

  test("is aborted when its client has gone, and when the gateway has", async () => {
    const aborted: unknown[] = [];
    const started = Promise.withResolvers<void>();
    const both = Promise.withResolvers<void>();
    let count = 0;
    await serve(({ signal }) => {
      if (++count === 2) started.resolve();
      return new Promise<Response>((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          if (aborted.push(signal.reason.code) === 2) both.resolve();
          reject(signal.reason);
        });
      });
    });
    const first = gateway.send({});
    gateway.send({});
    await started.promise;
    first.cancel();
    gateway.say("Ping", {});
    await gateway.message("Pong");
    expect(aborted).toEqual(["CANCELLED"]);
    await gateway.close();
    await both.promise;
    expect(aborted).toEqual(["CANCELLED", "UNAVAILABLE"]);
    expect(errors).toEqual([]);
    gateway = await FakeGateway.listen(sandbox.path("another.sock"));
  });
});

describe("bodies that are large, or come in time", () => {
  test("go both ways as chunks, no faster than they are taken", async () => {
    const sum = async (body: AsyncIterable<Uint8Array>) => {
      const hash = createHash("sha256");
      for await (const bytes of body) hash.update(bytes);
      return hash.digest("hex");
    };
    await serve(async (request) => {
      if (new URL(request.url).pathname === "/echo") return new Response(request.body);
      return new Response(await sum(request.body as ReadableStream<Uint8Array>));
    });
    const large = Buffer.alloc(5_000_000, "0123456789");
    const expected = createHash("sha256").update(large).digest("hex");
    const up = gateway.send({ method: "POST", url: "/sum" }, { input: true });
    await up.input.write(large);
    up.endInput();
    expect((await up.answer).body.toString()).toBe(expected);

    const echo = gateway.send({ method: "POST", url: "/echo" }, { input: true });
    const written = echo.input.write(large).then(() => echo.endInput());
    const answer = await echo.answer;
    expect(answer.stream).toBeDefined();
    expect(await sum(answer.stream as AsyncIterable<Uint8Array>)).toBe(expected);
    await written;
  });

  test("an answer over 64 KiB is chunks, one of 64 KiB a frame", async () => {
    await serve(({ url }) => new Response(Buffer.alloc(Number(new URL(url).search.slice(1)), "x")));
    const [small, large] = await Promise.all([gateway.fetch({ url: "/?65536" }), gateway.fetch({ url: "/?65537" })]);
    expect([small.stream, small.body.length]).toEqual([undefined, 65_536]);
    expect([large.stream === undefined, (await bodyOf(large)).length]).toEqual([false, 65_537]);
  });

  test("an answer's head is sent when its body is still to come", async () => {
    const more = Promise.withResolvers<void>();
    async function* parts() {
      await more.promise;
      yield Buffer.from("late");
    }
    await serve(() => new Response(ReadableStream.from(parts()) as unknown as ReadableStream<Uint8Array>));
    const answer = await gateway.fetch({});
    expect(answer.status).toBe(200);
    more.resolve();
    expect((await bodyOf(answer)).toString()).toBe("late");
  });

  test("an answer that fails before it has begun is a 500, and one that does while it waits is cut short", async () => {
    let stream = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error("at once")) });
    await serve(() => new Response(stream));
    expect(await gateway.fetch({})).toMatchObject({ status: 500 });
    async function* parts() {
      for (let part = 0; part < 3; part++) yield Buffer.alloc(500_000);
      throw new Error("while the gateway is behind");
    }
    stream = ReadableStream.from(parts()) as unknown as ReadableStream<Uint8Array>;
    const answer = await gateway.fetch({});
    gateway.say("Ping", {});
    await gateway.message("Pong");
    await expect(bodyOf(answer)).rejects.toThrow("the worker failed");
    expect(errors.map(String)).toEqual(["Error: at once", "Error: while the gateway is behind"]);
  });

  test("an answer of what are no bytes is a 500", async () => {
    const body = ReadableStream.from(["text"]) as unknown as ReadableStream<Uint8Array>;
    await serve(() => new Response(body));
    expect(await gateway.fetch({})).toMatchObject({ status: 500 });
  });

  test("an answer in parts is sent as each part comes", async () => {
    const more = Promise.withResolvers<void>();
    async function* parts() {
      yield Buffer.from("first");
      await more.promise;
      yield Buffer.from("second");
    }
    await serve(() => new Response(ReadableStream.from(parts()) as unknown as ReadableStream<Uint8Array>));
    const { stream } = await gateway.fetch({});
    expect(Buffer.from((await stream?.next()) ?? []).toString()).toBe("first");
    more.resolve();
    expect(Buffer.from((await stream?.next()) ?? []).toString()).toBe("second");
    expect(await stream?.next()).toBeUndefined();
  });

  test("an answer that fails on its way is cut short, and told", async () => {
    const fails = Promise.withResolvers<void>();
    async function* parts() {
      yield Buffer.from("part");
      await fails.promise;
      throw new Error("lost the rest");
    }
    await serve(() => new Response(ReadableStream.from(parts()) as unknown as ReadableStream<Uint8Array>));
    const answer = await gateway.fetch({});
    fails.resolve();
    await expect(bodyOf(answer)).rejects.toThrow("the worker failed");
    expect(errors.map(String)).toEqual(["Error: lost the rest"]);
  });

  test("an answer that nobody wants any more is stopped at its source", async () => {
    const stopped = Promise.withResolvers<unknown>();
    await serve(() => {
      const pull = (controller: ReadableStreamDefaultController) => controller.enqueue(Buffer.alloc(10_000));
      return new Response(new ReadableStream({ pull, cancel: stopped.resolve }));
    });
    const exchange = gateway.send({});
    await exchange.answer;
    exchange.cancel();
    expect(await stopped.promise).toMatchObject({ code: "CANCELLED" });
    expect(errors).toEqual([]);
  });

  test("a body that was not read holds nobody up", async () => {
    await serve(() => new Response("no", { status: 413 }));
    const exchange = gateway.send({ method: "POST" }, { input: true });
    await exchange.input.write(Buffer.alloc(1_000_000));
    expect(await exchange.answer).toMatchObject({ status: 413 });
    exchange.endInput();
    expect(await gateway.fetch({})).toMatchObject({ status: 413 });
  });
});

describe("a change of protocol", () => {
  test("is accepted with headers, and passes the bytes both ways to their ends", async () => {
    await serve(() => new Response("no"), {
      upgrade: (request, accept) => {
        const socket = accept({ "x-path": new URL(request.url).pathname });
        socket.pipe(socket);
        return undefined;
      },
    });
    const headers = { host: "x", upgrade: "echo" };
    const exchange = gateway.send({ url: "/socket", headers }, { input: true, upgrade: true });
    const answer = await exchange.answer;
    expect(answer).toMatchObject({
      status: 101,
      headers: { connection: "Upgrade", upgrade: "echo", "x-path": "/socket" },
    });
    await exchange.input.write(Buffer.from("hello"));
    expect(Buffer.from((await answer.stream?.next()) ?? []).toString()).toBe("hello");
    exchange.endInput();
    expect(await answer.stream?.next()).toBeUndefined();
  });

  test("is refused with a Response, or, where nobody takes it, handled as any request", async () => {
    await serve(() => new Response("handled"), {
      upgrade: ({ url }) => (url.endsWith("/refuse") ? new Response("no", { status: 403 }) : undefined),
    });
    const saying = { input: true, upgrade: true };
    expect(await gateway.fetch({ url: "/refuse" }, saying)).toMatchObject({ status: 403 });
    expect(await gateway.fetch({ url: "/forgotten" }, saying)).toMatchObject({ status: 500 });
    expect(await gateway.fetch({ url: "/plain" })).toMatchObject({ status: 200 });
  });

  test("ends for the worker when the client breaks off, and for the client when the worker does", async () => {
    const closed = Promise.withResolvers<void>();
    await serve(() => new Response("no"), {
      upgrade: ({ url }, accept) => {
        const socket = accept();
        socket.once("data", () => socket.destroy());
        if (url.endsWith("/wait")) void once(socket, "close").then(() => closed.resolve());
        return undefined;
      },
    });
    const saying = { input: true, upgrade: true };
    const waiting = gateway.send({ url: "/wait" }, saying);
    await waiting.answer;
    waiting.cancel();
    await closed.promise;
    const broken = gateway.send({ url: "/break" }, saying);
    const { stream } = await broken.answer;
    await broken.input.write(Buffer.from("x"));
    await expect(stream?.next()).rejects.toThrow("the worker closed the connection");
  });
});
