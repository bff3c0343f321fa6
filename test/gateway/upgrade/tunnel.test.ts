import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { Duplex, PassThrough } from "node:stream";
import { afterEach, describe, expect, test, vi } from "vitest";
import { tunnel } from "../../../internal/gateway/upgrade/tunnel.ts";

const MEBIBYTE = 1_048_576;

const cleanups: (() => unknown)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
  vi.useRealTimers();
});

/** Both ends of a real connection. Each can be half-closed. */
async function socketPair(): Promise<[Socket, Socket]> {
  const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const near = connect({ port: (server.address() as { port: number }).port, host: "127.0.0.1", allowHalfOpen: true });
  const [far] = (await once(server, "connection")) as [Socket];
  server.close();
  cleanups.push(() => near.destroy().unref() && far.destroy());
  return [near, far];
}

/** client ↔ (a tunnel b) ↔ server */
async function arrange(idleTimeout = 0) {
  const [[client, a], [server, b]] = await Promise.all([socketPair(), socketPair()]);
  const closed = tunnel(a, b, idleTimeout);
  return { client, server, a, b, closed };
}

/** Everything received up to the end. The stream stays open for writing. */
async function textOf(stream: Duplex): Promise<string> {
  let text = "";
  stream.on("data", (bytes: Buffer) => {
    text += bytes.toString();
  });
  await once(stream, "end");
  return text;
}

describe("a tunnel", () => {
  test("passes bytes both ways, and is closed when both sides have ended", async () => {
    const { client, server, closed } = await arrange();
    client.end("ping");
    server.end("pong");
    expect(await Promise.all([textOf(client), textOf(server)])).toEqual(["pong", "ping"]);
    await closed;
  });

  test("passes on the end of one side, and stays open for the other", async () => {
    const { client, server, closed } = await arrange();
    client.end("all there is");
    expect(await textOf(server)).toBe("all there is");
    server.write("and ");
    server.end("the answer");
    expect(await textOf(client)).toBe("and the answer");
    await closed;
  });

  test("passes on all data sent before a close, however slowly it is read", async () => {
    const taken: string[] = [];
    const turns: (() => void)[] = [];
    const slow = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        taken.push(chunk.toString());
        turns.push(done);
      },
    });
    const quick = silent();
    const closed = tunnel(quick, slow, 0);
    for (const word of ["one", "two", "three", null]) quick.push(word);
    slow.push(null);
    await once(quick, "close");
    expect(taken).toEqual(["one"]);
    for (let i = 0; i < 3; i += 1) {
      turns.shift()?.();
      await new Promise(setImmediate);
    }
    await closed;
    expect(taken).toEqual(["one", "two", "three"]);
  });

  test("is no faster than the reader", async () => {
    const { client, server, a, b } = await arrange();
    server.end(Buffer.alloc(50 * MEBIBYTE, "x"));
    await expect.poll(() => b.isPaused(), { timeout: 20_000 }).toBe(true);
    expect(a.writableLength).toBeLessThan(MEBIBYTE);
    expect(await textOf(client)).toHaveLength(50 * MEBIBYTE);
  });

  test.each(["client", "server"] as const)("is closed for both when the %s resets its connection", async (who) => {
    const ends = await arrange();
    const other = who === "client" ? ends.server : ends.client;
    const heard = new Promise((resolve) => other.resume().once("end", resolve).once("error", resolve));
    ends[who].resetAndDestroy();
    await Promise.all([ends.closed, heard]);
  });

  test("closes the other end if one was closed before it began", async () => {
    const [a, b] = [new PassThrough(), new PassThrough()];
    a.destroy();
    await once(a, "close");
    await tunnel(a, b, 0);
    expect(b.destroyed).toBe(true);
  });

  test("is closed when it is idle for the timeout, and not while there is traffic", async () => {
    vi.useFakeTimers();
    const [a, b] = [silent(), silent()];
    const closed = tunnel(a, b, 1_000);
    for (let i = 0; i < 5; i += 1) {
      await vi.advanceTimersByTimeAsync(900);
      (i % 2 ? a : b).push("x");
    }
    await vi.advanceTimersByTimeAsync(900);
    expect([a.destroyed, b.destroyed]).toEqual([false, false]);
    await vi.advanceTimersByTimeAsync(200);
    expect([a.destroyed, b.destroyed]).toEqual([true, true]);
    await closed;
  });
});

/** Accepts all data and sends none. */
function silent(): Duplex {
  return new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
}
