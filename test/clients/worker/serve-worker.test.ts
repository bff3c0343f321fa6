import { once } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { serveWorker } from "../../../clients/typescript/worker.ts";
import { useScene } from "./scene.ts";

const scene = useScene();

describe("a worker", () => {
  test("registers, and then sends its routes", async () => {
    const routes = [
      { method: "GET", path: "/users/:id" },
      { method: "GET", path: "/files/*path", files: "/srv/files" },
    ];
    await scene.serve(() => new Response("hello"), { routes });
    expect((await scene.gateway.message("RegisterWorker")).payload).toEqual({
      id: "master",
      pid: process.pid,
      xbp: true,
      streams: true,
      joins: true,
    });
    expect((await scene.gateway.message("SyncRoutes")).payload).toEqual([
      { method: "GET", path: "/users/:id", target: "worker" },
      { method: "GET", path: "/files/*path", target: "static", file_path: "/srv/files" },
    ]);
  });

  test("registers with the id and key from its environment", async () => {
    vi.stubEnv("XYPRISS_WORKER_ID", "3");
    vi.stubEnv("XSYS_WORKER_KEY", "k-9");
    vi.stubEnv("XYPRISS_IPC_PATH", scene.gateway.path);
    await scene.serve(() => new Response("hello"), { socket: undefined });
    vi.unstubAllEnvs();
    expect((await scene.gateway.message("RegisterWorker")).payload).toMatchObject({ id: "3", key: "k-9" });
  });

  test("answers a Ping with its id, and accepts ForceGC and unknown messages", async () => {
    await scene.serve(() => new Response("hello"));
    scene.gateway.sendMessage("ForceGC", null);
    scene.gateway.sendMessage("Unheard", {});
    scene.gateway.sendMessage("Ping", {}, 7);
    expect(await scene.gateway.message("Pong")).toEqual({ type: "Pong", payload: {}, id: 7 });
  });

  test("fails at once, and names the socket, when there is no gateway", async () => {
    const socket = scene.path("nobody.sock");
    await expect(serveWorker(() => new Response(), { socket })).rejects.toThrow(
      `cannot connect to a gateway at ${socket}`,
    );
    await expect(serveWorker(() => new Response(), { socket: "" })).rejects.toThrow("XYPRISS_IPC_PATH is not set");
  });

  test("ends when the gateway closes the connection", async () => {
    await scene.serve(() => new Response("hello"));
    await scene.gateway.message("SyncRoutes");
    await scene.gateway.close();
    await scene.worker.closed;
    await scene.listen();
  });

  test("ends when the gateway refuses it, and reports the reason", async () => {
    await scene.serve(() => new Response("hello"));
    await scene.gateway.message("SyncRoutes");
    scene.gateway.sendMessage("Response", {
      status: "error",
      error: "this service does not accept workers",
      code: "UNSUPPORTED",
    });
    await scene.worker.closed;
    expect(scene.errors).toMatchObject([
      { code: "UNAVAILABLE", message: expect.stringContaining("does not accept workers") },
    ]);
  });

  test("closes the connection when the gateway violates the protocol, and reports it", async () => {
    await scene.serve(() => new Response("hello"));
    await scene.gateway.message("SyncRoutes");
    scene.gateway.garble();
    await scene.worker.closed;
    expect(scene.errors).toMatchObject([{ code: "BAD_FRAME" }]);
  });
});

describe.each(["xbp", "json"] as const)("a request in %s", (encoding) => {
  test("is answered in the same encoding, with status, headers and body", async () => {
    await scene.serve(
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
    const answer = await scene.gateway.fetch({}, { encoding });
    expect(answer).toMatchObject({ encoding, status: 201, stream: undefined });
    expect(answer.headers).toEqual({
      a: "1",
      "content-type": "text/plain;charset=UTF-8",
      "set-cookie": ["x=1", "y=2"],
    });
    expect(answer.body.toString()).toBe("hello");
  });

  test("is a web Request, with the gateway's context", async () => {
    await scene.serve(async (request, context) => {
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
    const answer = await scene.gateway.fetch({ ...sent, params: { id: "7" }, query: { c: "d" } }, { encoding });
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

  test("gets 500 when its handler throws, and the next request is answered", async () => {
    await scene.serve(({ url }) => {
      if (url.endsWith("/throw")) throw new Error("a bug");
      return url.endsWith("/nothing") ? (undefined as unknown as Response) : new Response("fine");
    });
    expect(await scene.gateway.fetch({ url: "/throw" }, { encoding })).toMatchObject({ status: 500 });
    expect(await scene.gateway.fetch({ url: "/nothing" }, { encoding })).toMatchObject({ status: 500 });
    expect((await scene.gateway.fetch({ url: "/" }, { encoding })).body.toString()).toBe("fine");
    expect(scene.errors.map(String)).toEqual(["Error: a bug", "TypeError: the handler returned no Response"]);
  });
});

describe("an upgrade request", () => {
  test("is accepted with headers, and bytes pass in both directions until their end", async () => {
    await scene.serve(() => new Response("no"), {
      upgrade: (request, accept) => {
        const socket = accept({ "x-path": new URL(request.url).pathname });
        socket.pipe(socket);
        return undefined;
      },
    });
    const headers = { host: "x", upgrade: "echo" };
    const exchange = scene.gateway.send({ url: "/socket", headers }, { input: true, upgrade: true });
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

  test("is refused with a Response, and is a 500 when it is neither accepted nor refused", async () => {
    await scene.serve(() => new Response("handled"), {
      upgrade: ({ url }) => (url.endsWith("/refuse") ? new Response("no", { status: 403 }) : undefined),
    });
    const upgrading = { input: true, upgrade: true };
    expect(await scene.gateway.fetch({ url: "/refuse" }, upgrading)).toMatchObject({ status: 403 });
    expect(await scene.gateway.fetch({ url: "/forgotten" }, upgrading)).toMatchObject({ status: 500 });
    expect(await scene.gateway.fetch({ url: "/plain" })).toMatchObject({ status: 200 });
  });

  test("ends for the worker when the client disconnects, and for the client when the worker does", async () => {
    const closed = Promise.withResolvers<void>();
    await scene.serve(() => new Response("no"), {
      upgrade: ({ url }, accept) => {
        const socket = accept();
        socket.once("data", () => socket.destroy());
        if (url.endsWith("/wait")) void once(socket, "close").then(() => closed.resolve());
        return undefined;
      },
    });
    const upgrading = { input: true, upgrade: true };
    const waiting = scene.gateway.send({ url: "/wait" }, upgrading);
    await waiting.answer;
    waiting.cancel();
    await closed.promise;
    const broken = scene.gateway.send({ url: "/break" }, upgrading);
    const { stream } = await broken.answer;
    await broken.input.write(Buffer.from("x"));
    await expect(stream?.next()).rejects.toThrow("the worker closed the connection");
  });
});
