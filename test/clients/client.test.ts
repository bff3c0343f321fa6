import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { type Client, connect, XsysError } from "../../clients/typescript/index.ts";
import type { Service, ServiceOptions } from "../../internal/host/service.ts";
import type { IpcLimits } from "../../internal/ipc/limits.ts";
import { useSandbox } from "../support/sandbox.ts";
import { startTestService } from "../support/service.ts";

const sandbox = useSandbox();
const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options: Partial<ServiceOptions> = {}): Promise<Service> {
  const service = await startTestService({ root: sandbox.root, socket: sandbox.path("s"), ...options });
  cleanups.push(() => {
    service.stop(true);
    return service.ended;
  });
  return service;
}

async function startWithClient(limits: Partial<IpcLimits> = {}): Promise<{ service: Service; xsys: Client }> {
  const service = await start({ limits });
  const xsys = await connect({ socket: service.socket });
  cleanups.push(() => xsys.close());
  return { service, xsys };
}

/** Input that never ends, for a call that lasts until it is cancelled. */
function endlessInput(): AsyncIterable<Uint8Array> {
  return new Readable({ read() {} });
}

describe("a client", () => {
  test("has a typed method for every command", async () => {
    const { xsys } = await startWithClient();
    await sandbox.write("a.txt", "abc");
    const { hash }: { hash: string } = await xsys.fs.hash({ path: "a.txt" });
    expect(hash).toMatch(/^ba7816bf/);
    expect(await xsys.path.isChild({ parent: "/a", child: "/a/b" })).toBe(true);
    // @ts-expect-error: the types come from the contract
    await expect(xsys.fs.hash({ pth: "a.txt" })).rejects.toMatchObject({ code: "INVALID_PARAMS" });
    // @ts-expect-error: and so do the names
    expect(xsys.fs.nonsense).toBeUndefined();
  });

  test("exposes the service's Hello and its socket", async () => {
    const { xsys, service } = await startWithClient();
    expect(xsys.hello).toMatchObject({ protocol: 1, pid: process.pid });
    expect(xsys.socket).toBe(service.socket);
  });

  test("gets the right answer to each of 1,000 mixed concurrent calls on one connection", async () => {
    const { xsys, service } = await startWithClient();
    await sandbox.write("a.txt", "abc");
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => {
        if (i % 5 === 0) return xsys.fs.read({ path: "a.txt" });
        if (i % 5 === 1) return xsys.fs.read({ path: `missing-${i}` }).catch((error: XsysError) => error.code);
        if (i % 5 === 2) return text(xsys.service.echo({}, { input: `echo ${i}` }));
        if (i % 5 === 3) return xsys.fs.write({ path: `out/${i}.txt`, data: String(i) });
        return xsys.path.basename({ path: `/x/${i}` });
      }),
    );
    const expected = answers.map((_, i) => ["abc", "NOT_FOUND", `echo ${i}`, null, String(i)][i % 5]);
    expect(answers).toEqual(expected);
    expect(await sandbox.read("out/998.txt")).toBe("998");
    expect(service.status().connections.open).toBe(1);
  });

  test("queues calls above the server's limit of calls in flight", async () => {
    const { xsys } = await startWithClient({ maxInflight: 4 });
    const names = await Promise.all(Array.from({ length: 50 }, (_, i) => xsys.path.basename({ path: `/x/${i}` })));
    expect(names).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
  });

  test("rejects with an XsysError with code, message and details", async () => {
    const { xsys } = await startWithClient();
    const error = await xsys.fs.hash({ path: "gone.txt" }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(XsysError);
    expect(error).toMatchObject({
      code: "NOT_FOUND",
      message: `fs.hash failed on ${sandbox.path("gone.txt")}: no such file or directory`,
      details: { errno: "ENOENT", path: sandbox.path("gone.txt") },
    });
  });

  test("call() refuses a command that sends bytes", async () => {
    const { xsys } = await startWithClient();
    await expect(xsys.call("fs.cat", { path: "a" })).rejects.toMatchObject({ code: "INVALID_PARAMS" });
  });

  test("refuses parameters over the server's frame limit without sending them", async () => {
    const { xsys } = await startWithClient({ maxFrame: 10_000 });
    const call = xsys.fs.write({ path: "a", data: "x".repeat(20_000) });
    await expect(call).rejects.toMatchObject({ code: "TOO_LARGE" });
    expect(await xsys.path.basename({ path: "/still/here" })).toBe("here");
  });
});

describe("a caller's mistake", () => {
  test("of parameters that cannot be encoded as JSON is reported, and the connection stays usable", async () => {
    const { xsys } = await startWithClient();
    const circular: { self?: unknown } = {};
    circular.self = circular;
    await expect(xsys.call("fs.ls", circular)).rejects.toMatchObject({ code: "INVALID_PARAMS" });
    expect(await xsys.path.basename({ path: "/still/here" })).toBe("here");
  });
});

describe("streams", () => {
  test("transfer 32 MiB in both directions, while other calls are answered", async () => {
    const { xsys } = await startWithClient();
    const sent = Buffer.alloc(32 * 1024 * 1024, "0123456789abcdef-");
    const stream = xsys.service.echo({}, { input: sent });
    const [received, name] = await Promise.all([buffer(stream), xsys.path.basename({ path: "/a/b" })]);
    expect(received.equals(sent)).toBe(true);
    expect(name).toBe("b");
    expect(await stream.result).toEqual({ bytes: sent.length });
  });

  test("send no more than the credit to a reader that does not read, and do not block other calls", async () => {
    const { xsys } = await startWithClient();
    let taken = 0;
    async function* source() {
      for (;;) {
        taken += 65_536;
        yield Buffer.alloc(65_536);
      }
    }
    const stream = xsys.service.echo({}, { input: source() });
    await once(stream, "readable");
    let before = -1;
    // Until the flow has stopped: `taken` does not change during 20 answered calls.
    while (before !== taken) {
      before = taken;
      for (let i = 0; i < 20; i++) await xsys.path.basename({ path: "/a/b" });
    }
    expect(taken).toBeLessThan(6 * 1024 * 1024);
    stream.destroy();
    await expect(stream.result).rejects.toMatchObject({ code: "CANCELLED" });
  });

  test("of an empty file end at once", async () => {
    const { xsys } = await startWithClient();
    await sandbox.write("empty", "");
    const stream = xsys.fs.cat({ path: "empty" });
    expect(await text(stream)).toBe("");
    expect(await stream.result).toEqual({ bytes: 0 });
  });

  test("of a missing file fail with the call's error", async () => {
    const { xsys } = await startWithClient();
    await expect(text(xsys.fs.cat({ path: "gone" }))).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("accept a string, bytes and any iterable as input", async () => {
    const { xsys } = await startWithClient();
    await xsys.fs.write({ path: "1" }, { input: "text" });
    await xsys.fs.write({ path: "2" }, { input: Buffer.from("bytes") });
    await xsys.fs.write({ path: "3" }, { input: [Buffer.from("it"), Buffer.from("er")] });
    await xsys.fs.write({ path: "4" }, { input: Readable.from([Buffer.from("stream")]) });
    expect(await Promise.all(["1", "2", "3", "4"].map((path) => xsys.fs.read({ path })))).toEqual([
      "text",
      "bytes",
      "iter",
      "stream",
    ]);
  });

  test("with a source that fails cancel the call, and nothing is written", async () => {
    const { xsys } = await startWithClient();
    await sandbox.write("a.txt", "old");
    async function* broken() {
      yield Buffer.from("half");
      throw new Error("the source broke");
    }
    const call = xsys.fs.write({ path: "a.txt" }, { input: broken() });
    await expect(call).rejects.toMatchObject({ code: "CANCELLED", cause: new Error("the source broke") });
    await expect.poll(async () => (await xsys.service.status()).calls.in_flight).toBe(1); // status itself
    expect(await sandbox.read("a.txt")).toBe("old");
    expect(await xsys.fs.ls({ path: "." })).toEqual(["a.txt", "s"]);
  });
});

describe("cancelling a call", () => {
  test("by a signal fails it at once, stops the server's work, and keeps the connection usable", async () => {
    const { xsys, service } = await startWithClient();
    const abort = new AbortController();
    const stream = xsys.service.echo({}, { input: endlessInput(), signal: abort.signal });
    await xsys.path.basename({ path: "/a/b" });
    abort.abort(new Error("enough"));
    await expect(text(stream)).rejects.toMatchObject({ code: "CANCELLED" });
    await expect.poll(() => service.status().commands["service.echo"]?.failed).toBe(1);
    expect(await xsys.path.basename({ path: "/a/c" })).toBe("c");
  });

  test("before it is sent sends nothing", async () => {
    const { xsys, service } = await startWithClient();
    const call = xsys.path.join({ segments: ["a"] }, { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ code: "CANCELLED" });
    await xsys.service.ping();
    expect(service.status().commands["path.join"]).toBeUndefined();
  });

  test.each([Number.POSITIVE_INFINITY, 2_592_000_000])(
    "a timeout of %d ms does not expire at once",
    async (timeout) => {
      const { service, xsys } = await startWithClient();
      await sandbox.write("a.txt", "abc");
      const input = new Readable({ read() {} });
      const call = xsys.fs.write({ path: "a.txt" }, { input, timeout });
      const patient = await connect({ socket: service.socket, timeout, wait: timeout });
      cleanups.push(() => patient.close());
      // Node fires a timer with too long a delay after 1 ms.
      await patient.sys.cpu({ interval: 10 });
      input.push("d");
      input.push(null);
      await call;
      expect(await sandbox.read("a.txt")).toBe("d");
    },
  );

  test.each([Number.NaN, -1, "1000"])("a timeout of %s is refused", async (wrong) => {
    const timeout = wrong as number;
    const { service, xsys } = await startWithClient();
    const refusal = { code: "INVALID_PARAMS", message: expect.stringContaining(`, not ${wrong}`) };
    await expect(xsys.path.join({}, { timeout })).rejects.toMatchObject(refusal);
    await expect(text(xsys.service.echo({}, { input: "", timeout }))).rejects.toMatchObject(refusal);
    await expect(connect({ socket: service.socket, timeout })).rejects.toMatchObject(refusal);
    await expect(connect({ socket: service.socket, wait: timeout })).rejects.toMatchObject(refusal);
  });

  test("a timeout of undefined means the connection's default", async () => {
    const { service } = await startWithClient();
    const hasty = await connect({ socket: service.socket, timeout: 20 });
    cleanups.push(() => hasty.close());
    const call = hasty.fs.write({ path: "a.txt" }, { input: endlessInput(), timeout: undefined });
    await expect(call).rejects.toMatchObject({ code: "TIMEOUT", details: { timeout: 20 } });
  });

  test("by a timeout fails it with TIMEOUT", async () => {
    const { xsys } = await startWithClient();
    const call = xsys.fs.write({ path: "a.txt" }, { input: endlessInput(), timeout: 20 });
    await expect(call).rejects.toMatchObject({ code: "TIMEOUT", details: { timeout: 20 } });
    expect(await xsys.fs.check({ path: "a.txt" })).toMatchObject({ exists: false });
  });

  test("while it is queued removes it from the queue", async () => {
    const { xsys } = await startWithClient({ maxInflight: 1 });
    const abort = new AbortController();
    const first = xsys.fs.write({ path: "a.txt" }, { input: endlessInput(), signal: abort.signal });
    const second = xsys.path.join({ segments: ["a"] }, { timeout: 10 });
    await expect(second).rejects.toMatchObject({ code: "TIMEOUT" });
    abort.abort();
    await expect(first).rejects.toMatchObject({ code: "CANCELLED" });
    expect(await xsys.path.join({ segments: ["b"] })).toBe("b");
  });
});

describe("a lost connection", () => {
  test("fails the calls in flight with UNAVAILABLE, and the next call reconnects", async () => {
    const { xsys, service } = await startWithClient();
    const call = xsys.fs.write({ path: "a.txt" }, { input: endlessInput() });
    const failed = expect(call).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("it is not known whether the call was carried out"),
      details: { command: "fs.write", sent: true },
    });
    await xsys.service.ping();
    service.stop(true);
    await service.ended;
    await failed;
    const next = xsys.path.join({ segments: ["a"] }); // waits for a service that is starting
    await start();
    expect(await next).toBe("a");
  });

  test("is reported when no service is running any more", async () => {
    const service = await start();
    const xsys = await connect({ socket: service.socket, wait: 0 });
    service.stop(false);
    await service.ended;
    await expect(xsys.path.join({})).rejects.toMatchObject({ code: "UNAVAILABLE", details: { errno: "ENOENT" } });
  });

  test("is not reopened after the client was closed", async () => {
    const { xsys } = await startWithClient();
    xsys.close();
    await expect(xsys.path.join({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});

describe("connect", () => {
  test("names the socket without a listener, and how to start a service", async () => {
    const attempt = connect({ socket: sandbox.path("nobody"), wait: 0 });
    await expect(attempt).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(attempt).rejects.toThrow(/nobody: no xsys listens there; start one with: xsys serve/);
  });

  test("waits for a service that is starting", async () => {
    const connecting = connect({ socket: sandbox.path("s") });
    await nextTurn();
    await start();
    const xsys = await connecting;
    expect(await xsys.path.join({ segments: ["a"] })).toBe("a");
    xsys.close();
  });

  test("refuses a server that is not xsys", async () => {
    const other = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    other.listen(sandbox.path("s"));
    await once(other, "listening");
    await expect(connect({ socket: sandbox.path("s") })).rejects.toMatchObject({ code: "UNAVAILABLE" });
    other.close();
  });

  test("fails with LIMIT_EXCEEDED when the service accepts no more connections", async () => {
    const service = await start({ limits: { maxConnections: 1 } });
    const first = await connect({ socket: service.socket });
    await expect(connect({ socket: service.socket })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    first.close();
  });

  test("finds the socket by $XSYS_SOCKET", async () => {
    const service = await start();
    process.env.XSYS_SOCKET = service.socket;
    try {
      const xsys = await connect();
      expect(xsys.socket).toBe(service.socket);
      xsys.close();
    } finally {
      delete process.env.XSYS_SOCKET;
    }
  });
});

describe("locks taken over the socket", () => {
  test("have the client's process as their holder", async () => {
    const service = await start();
    const xsys = await connect({ socket: service.socket, pid: 4711 });
    await writeFile(sandbox.path("a.txt"), "");
    expect(await xsys.fs.lock({ path: "a.txt" })).toMatchObject({ locked: true, holder: { pid: 4711 } });
    xsys.close();
  });
});
