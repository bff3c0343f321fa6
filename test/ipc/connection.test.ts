import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Service } from "../../internal/host/service.ts";
import type { IpcLimits } from "../../internal/ipc/limits.ts";
import { CHUNK_MARK } from "../../protocol/wire/frame.ts";
import { INITIAL_CREDIT } from "../../protocol/wire/message.ts";
import { parseChunk } from "../support/chunk.ts";
import { coreCommand, RawPeer } from "../support/raw-peer.ts";
import { startTestService } from "../support/service.ts";

/** Milliseconds. Longer than this process is ever kept waiting for the processor on a busy machine. */
const STALL = 1_000;

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Starts a service with a well-behaved client and a peer with which the test misbehaves. */
async function arrange(limits: Partial<IpcLimits> = {}) {
  const log: Record<string, unknown>[] = [];
  const service = await startTestService({ limits, onLog: (line) => log.push(line) });
  cleanups.push(() => {
    service.stop(true);
    return service.ended;
  });
  const good = await peerOf(service);
  await expectServed(good);
  return { service, good, peer: await peerOf(service), log, folder: dirname(service.socket) };
}

async function peerOf(service: Service): Promise<RawPeer> {
  const peer = await RawPeer.connect(service.socket);
  cleanups.push(() => peer.close());
  return peer;
}

async function expectServed(peer: RawPeer): Promise<void> {
  peer.send(coreCommand("path.join", { segments: ["a", "b"] }));
  expect(await peer.message()).toEqual({ type: "Response", payload: { status: "ok", data: "a/b" } });
}

describe("an invalid frame closes its own connection with an error code", () => {
  test.each([
    ["that is not JSON", Buffer.from("{nonsense"), "BAD_FRAME"],
    ["that is JSON but not an object", Buffer.from("[1,2]"), "BAD_FRAME"],
    ["without a type", Buffer.from('{"payload":{}}'), "BAD_FRAME"],
    ["with an invalid id", Buffer.from('{"type":"Ping","id":-1}'), "BAD_FRAME"],
    ["with an unknown first byte", Buffer.from([0x99, 1, 2]), "BAD_FRAME"],
    ["that is an incomplete chunk", Buffer.from([CHUNK_MARK, 0, 0]), "BAD_FRAME"],
    ["that is not UTF-8", Buffer.from([0x7b, 0xff, 0xfe]), "BAD_FRAME"],
    ["that is a Cancel without an id", Buffer.from('{"type":"Cancel"}'), "BAD_FRAME"],
    ["that grants a negative credit", Buffer.from('{"type":"Credit","id":1,"payload":{"bytes":-5}}'), "BAD_FRAME"],
  ])("a payload %s", async (_title, payload, code) => {
    const { good, peer, log } = await arrange();
    peer.sendPayload(payload);
    expect(await peer.message()).toMatchObject({ type: "Response", payload: { status: "error", code } });
    await peer.closed;
    expect(log).toContainEqual(expect.objectContaining({ code, level: 40 }));
    await expectServed(good);
  });

  test("a frame of 4 GiB, refused from its header", async () => {
    const { good, peer } = await arrange();
    peer.socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    expect(await peer.message()).toMatchObject({ payload: { status: "error", code: "FRAME_TOO_LARGE" } });
    await peer.closed;
    await expectServed(good);
  });

  test("a frame of size 0", async () => {
    const { good, peer } = await arrange();
    peer.socket.write(Buffer.alloc(4));
    expect(await peer.message()).toMatchObject({ payload: { code: "BAD_FRAME" } });
    await peer.closed;
    await expectServed(good);
  });

  test("an id that is already in flight", async () => {
    const { good, peer } = await arrange();
    peer.send({ type: "CoreCommand", id: 5, payload: { module: "service", action: "echo", params: {}, input: true } });
    peer.send(coreCommand("path.join", { segments: ["a"] }, 5));
    expect(await peer.message()).toMatchObject({ payload: { code: "BAD_FRAME" } });
    await peer.closed;
    await expectServed(good);
  });

  test("more bytes than the stream's credit", async () => {
    const { good, peer } = await arrange();
    peer.send({ type: "CoreCommand", id: 1, payload: { module: "service", action: "echo", params: {}, input: true } });
    // Echo stops reading when its own reader grants no credit, so the input accumulates until it exceeds the credit.
    const chunk = Buffer.concat([Buffer.from([CHUNK_MARK, 0, 0, 0, 0, 1]), Buffer.alloc(1_000_000)]);
    for (let i = 0; i < 4; i++) peer.sendPayload(chunk);
    let answer = await peer.message();
    while (answer.type === "Credit") answer = await peer.message();
    expect(answer).toMatchObject({ payload: { code: "BAD_FRAME" } });
    await peer.closed;
    await expectServed(good);
  });
});

describe("a stalled peer is disconnected after the stall timeout, and the reason is logged", () => {
  test("half a frame, then silence", async () => {
    const { good, peer, log } = await arrange({ stallTimeout: STALL });
    peer.socket.write(Buffer.from([0, 0, 1, 0, 0x7b]));
    await peer.closed;
    expect(log).toContainEqual(expect.objectContaining({ msg: expect.stringContaining("incomplete") }));
    await expectServed(good);
  });

  test("no bytes at all", async () => {
    const { good, peer, log } = await arrange({ stallTimeout: STALL });
    await peer.closed;
    expect(log).toContainEqual(expect.objectContaining({ msg: expect.stringContaining("sent nothing") }));
    await expectServed(good);
  });

  test.each([
    ["at once", 0],
    ["after a pause longer than the timeout", 2],
  ])("large answers that are never read, %s", async (_when, quietTimes) => {
    const { service, good, peer, log, folder } = await arrange({ stallTimeout: STALL, maxUnsent: 100_000 });
    await expectServed(peer);
    await writeFile(join(folder, "large.txt"), "x".repeat(1_000_000));
    // Each of these peers sends nothing and is closed after the same timeout.
    for (let i = 0; i < quietTimes; i++) await (await peerOf(service)).closed;
    peer.socket.pause();
    for (let id = 0; id < 50; id++) peer.send(coreCommand("fs.read", { path: "large.txt" }, id));
    await expectServed(good);
    await expect
      .poll(() => log, { timeout: 25_000 })
      .toContainEqual(expect.objectContaining({ msg: expect.stringContaining("did not read") }));
    await expectServed(good);
  });

  test("only a few large answers are buffered until then", async () => {
    const { service, peer, folder } = await arrange({ maxFrame: 1_000_000 });
    await writeFile(join(folder, "large.txt"), "x".repeat(900_000));
    peer.socket.pause();
    for (let id = 0; id < 30; id++) peer.send(coreCommand("fs.read", { path: "large.txt" }, id));
    await expect.poll(() => service.status().commands["fs.read"]?.calls, { timeout: 25_000 }).toBe(30);
    peer.socket.resume();
    const codes = new Map<string, number>();
    for (let id = 0; id < 30; id++) {
      const { status, code = status } = (await peer.message()).payload;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect([...codes.keys()].sort()).toEqual(["LIMIT_EXCEEDED", "ok"]);
    expect(codes.get("ok")).toBeLessThan(8);
  });

  test("but not one that reads slowly, however large the answer", async () => {
    const { peer, folder } = await arrange({ stallTimeout: STALL, maxUnsent: 100_000 });
    await expectServed(peer);
    await writeFile(join(folder, "large.txt"), "x".repeat(20_000_000));
    peer.socket.on("data", () => {
      peer.socket.pause();
      setTimeout(() => peer.socket.resume(), 6);
    });
    const begun = performance.now();
    peer.send(coreCommand("fs.read", { path: "large.txt" }, 1));
    expect((await peer.message()).payload.data).toHaveLength(20_000_000);
    expect(performance.now() - begun).toBeGreaterThan(2 * STALL);
  });

  test("but not one that is idle after it has sent a message", async () => {
    const { good, peer } = await arrange({ stallTimeout: STALL });
    await peer.closed; // the silent peer is disconnected after the timeout; the older, idle one is not
    await expectServed(good);
  });
});

describe("calls", () => {
  test("without an id are answered one at a time, in the order received", async () => {
    const { peer, folder } = await arrange();
    await writeFile(join(folder, "large.bin"), Buffer.alloc(20_000_000));
    peer.send(coreCommand("fs.hash", { path: "large.bin" }));
    for (let i = 0; i < 2_000; i++) peer.send(coreCommand("path.basename", { path: `/x/${i}` }));
    expect((await peer.message()).payload.data.hash).toHaveLength(64);
    for (let i = 0; i < 2_000; i++) expect((await peer.message()).payload.data).toBe(String(i));
  });

  test("with an id are answered as they finish", async () => {
    const { peer, folder } = await arrange();
    await writeFile(join(folder, "large.bin"), Buffer.alloc(20_000_000));
    peer.send(coreCommand("fs.hash", { path: "large.bin" }, 1));
    peer.send(coreCommand("path.basename", { path: "/x/y" }, 2));
    // The first call of a command loads its handler, which takes a while; hashing 20 MB takes longer.
    expect((await peer.message()).id).toBe(2);
    expect((await peer.message()).id).toBe(1);
  });

  test.each([
    ["an unknown command", coreCommand("fs.hsh", {}, 3), "UNKNOWN_COMMAND", 'did you mean "fs.hash"'],
    ["a name on Object.prototype", coreCommand("constructor.prototype", {}, 3), "UNKNOWN_COMMAND", "no command"],
    ["a missing parameter", coreCommand("fs.hash", {}, 3), "INVALID_PARAMS", '"path" is missing'],
    ["a parameter of another type", coreCommand("fs.hash", { path: 7 }, 3), "INVALID_PARAMS", '"path" must be string'],
    [
      "an unknown parameter",
      coreCommand("fs.hash", { path: "a", algoritm: "md5" }, 3),
      "INVALID_PARAMS",
      '"algorithm"',
    ],
    ["a path with a NUL", coreCommand("fs.hash", { path: "a\0b" }, 3), "INVALID_PARAMS", "NUL"],
    [
      "params that are not an object",
      { type: "CoreCommand", id: 3, payload: { module: "fs", action: "hash", params: [1] } },
      "INVALID_PARAMS",
      "object",
    ],
    ["no module", { type: "CoreCommand", id: 3, payload: { action: "hash" } }, "INVALID_PARAMS", "module"],
    ["no payload", { type: "CoreCommand", id: 3 }, "INVALID_PARAMS", "module"],
    ["an unknown type", { type: "Nonsense", id: 3 }, "UNKNOWN_TYPE", "Nonsense"],
    ["a type like a role's", { type: "RegisterFoo", id: 3 }, "UNKNOWN_TYPE", "RegisterFoo"],
    ["a role that the service does not offer", { type: "RegisterWorker", id: 3 }, "UNSUPPORTED", "workers"],
    ["a missing file", coreCommand("fs.hash", { path: "gone.txt" }, 3), "NOT_FOUND", "gone.txt"],
  ])("%s is reported with the id, and the connection stays usable", async (_title, message, code, words) => {
    const { peer } = await arrange();
    peer.send(message);
    const answer = await peer.message();
    expect(answer).toMatchObject({ type: "Response", id: 3, payload: { status: "error", code } });
    expect(answer.payload.error).toContain(words);
    await expectServed(peer);
  });

  test("above the limit of calls in flight are refused, and the others are answered", async () => {
    const { peer } = await arrange({ maxInflight: 3 });
    for (let id = 0; id < 4; id++) {
      peer.send({ type: "CoreCommand", id, payload: { module: "service", action: "echo", params: {}, input: true } });
    }
    expect(await peer.message()).toMatchObject({ id: 3, payload: { code: "LIMIT_EXCEEDED" } });
    for (let id = 0; id < 3; id++) peer.sendPayload(Buffer.from([CHUNK_MARK, 1, 0, 0, 0, id]));
    for (let id = 0; id < 3; id++) expect(await peer.message()).toMatchObject({ id, payload: { status: "ok" } });
  });

  test("are cancelled by Cancel, and answered with CANCELLED", async () => {
    const { peer } = await arrange();
    peer.send({ type: "CoreCommand", id: 9, payload: { module: "service", action: "echo", params: {}, input: true } });
    peer.send({ type: "Cancel", id: 9 });
    expect(await peer.message()).toMatchObject({ id: 9, payload: { code: "CANCELLED" } });
    await expectServed(peer);
  });

  test("are cancelled when their connection closes", async () => {
    const { service, peer, good } = await arrange();
    peer.send({ type: "CoreCommand", id: 9, payload: { module: "service", action: "echo", params: {}, input: true } });
    peer.send({ type: "Ping" });
    await peer.message();
    expect(service.status().calls.in_flight).toBe(1);
    peer.close();
    await expect.poll(() => service.status().commands["service.echo"]?.failed).toBe(1);
    await expectServed(good);
  });

  test("with an answer over the frame limit are answered with TOO_LARGE", async () => {
    const { peer, folder } = await arrange({ maxFrame: 5_000 });
    await writeFile(join(folder, "quotes.txt"), '"'.repeat(4_000));
    peer.send(coreCommand("fs.read", { path: "quotes.txt" }, 1));
    expect(await peer.message()).toMatchObject({ id: 1, payload: { code: "TOO_LARGE" } });
    await expectServed(peer);
  });

  test("accept credit before they have sent anything", async () => {
    const { peer, folder } = await arrange();
    await writeFile(join(folder, "large.bin"), Buffer.alloc(3 * INITIAL_CREDIT));
    peer.send(coreCommand("fs.cat", { path: "large.bin" }, 1));
    peer.send({ type: "Credit", id: 1, payload: { bytes: 2 * INITIAL_CREDIT } });
    expect(await peer.message()).toMatchObject({ id: 1, payload: { data: { bytes: 3 * INITIAL_CREDIT } } });
  });

  test("with a very long command name are refused with a short message", async () => {
    const { peer } = await arrange();
    peer.send(coreCommand(`fs.${"x".repeat(1_000_000)}`, {}, 1));
    peer.send(coreCommand("fs.hash", { path: "a", ["x".repeat(1_000_000)]: 1 }, 2));
    for (const code of ["UNKNOWN_COMMAND", "INVALID_PARAMS"]) {
      const answer = await peer.message();
      expect(answer).toMatchObject({ payload: { code } });
      expect(JSON.stringify(answer).length).toBeLessThan(1_000);
    }
  });

  test("that send bytes need an id", async () => {
    const { peer, folder } = await arrange();
    await writeFile(join(folder, "a.txt"), "abc");
    peer.send(coreCommand("fs.cat", { path: "a.txt" }));
    expect(await peer.message()).toMatchObject({ payload: { status: "error", code: "INVALID_PARAMS" } });
  });

  test("the bytes of a stream precede its answer, and the last chunk is marked", async () => {
    const { peer } = await arrange();
    peer.send({ type: "CoreCommand", id: 1, payload: { module: "service", action: "echo", params: {}, input: true } });
    peer.sendPayload(Buffer.concat([Buffer.from([CHUNK_MARK, 1, 0, 0, 0, 1]), Buffer.from("hello")]));
    expect(parseChunk(await peer.payload())).toMatchObject({ id: 1, last: false, bytes: Buffer.from("hello") });
    expect(parseChunk(await peer.payload())).toMatchObject({ id: 1, last: true });
    expect(await peer.message()).toMatchObject({ id: 1, payload: { data: { bytes: 5 } } });
  });
});

describe("connections", () => {
  test("over the limit are refused with LIMIT_EXCEEDED", async () => {
    const { service } = await arrange({ maxConnections: 2 });
    const third = await peerOf(service);
    expect(await third.message()).toMatchObject({
      type: "Response",
      payload: { status: "error", code: "LIMIT_EXCEEDED" },
    });
    await third.closed;
    expect(service.status().connections).toMatchObject({ open: 2, refused: 1 });
  });

  test("receive no unsolicited messages", async () => {
    const { peer } = await arrange();
    peer.send({ type: "Ping" });
    expect(await peer.message()).toEqual({ type: "Pong", payload: {} });
  });

  test("get the version, the limits and the commands in the Hello", async () => {
    const { peer } = await arrange({ maxInflight: 77 });
    peer.send({ type: "Hello", payload: { protocol: 1 } });
    const { payload } = await peer.message();
    expect(payload).toMatchObject({ protocol: 1, pid: process.pid, limits: { inflight: 77 } });
    expect(payload.commands).toContain("fs.hash");
  });

  test("500 at the same time are all served", async () => {
    const { service } = await arrange();
    const peers = await Promise.all(Array.from({ length: 500 }, () => peerOf(service)));
    await Promise.all(peers.map(expectServed));
    expect(service.status().connections.open).toBe(502);
  });
});

test("quotes only the beginning of a long unknown type", async () => {
  const { peer } = await arrange();
  peer.send({ type: `Register${"\u0130".repeat(1_000_000)}`, id: 1 });
  const { payload } = await peer.message();
  expect(payload.code).toBe("UNKNOWN_TYPE");
  expect(payload.error.length).toBeLessThan(200);
});

test("a peer that goes on sending after the service has ended the connection does not delay the end", async () => {
  const { service } = await arrange({ drainTimeout: 600_000 });
  const socket = connect({ path: service.socket, allowHalfOpen: true });
  socket.on("error", () => {}).resume();
  cleanups.push(() => void socket.destroy());
  const ping = Buffer.from('\0\0\0\x0f{"type":"Ping"}');
  const pings = setInterval(() => socket.write(ping), 50);
  cleanups.push(() => clearInterval(pings));
  await once(socket, "data");
  service.stop(false);
  await service.ended;
});
