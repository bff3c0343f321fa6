import { lstatSync, symlinkSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commandLines } from "../../cmd/xsys/front/command-lines.ts";
import { needsOwnProcess } from "../../cmd/xsys/front/needs-own-process.ts";
import { surroundings } from "../../internal/front/surroundings.ts";
import type { Service, ServiceOptions } from "../../internal/host/service.ts";
import { isChunk } from "../support/chunk.ts";
import { RawPeer } from "../support/raw-peer.ts";
import { startTestService } from "../support/service.ts";

const BUILD = "build-id";
const FRONT: NonNullable<ServiceOptions["front"]> = { build: () => BUILD, lines: commandLines };

let service: Service;
let folder: string;
const peers: RawPeer[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "xsys-role-"));
  service = await startTestService({ front: FRONT });
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  service.stop(true);
  await service.ended;
  await rm(folder, { recursive: true, force: true });
});

async function connected(socket = service.socket): Promise<RawPeer> {
  const peer = await RawPeer.connect(socket);
  peers.push(peer);
  return peer;
}

const REQUEST = { parent: 1, stdin: null, stdout: null, stderr: null };

function chunk(id: number, bytes: string, last = true): Buffer {
  const head = Buffer.from([3, last ? 1 : 0, 0, 0, 0, 0]);
  head.writeUInt32BE(id, 2);
  return Buffer.concat([head, Buffer.from(bytes)]);
}

interface Line {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function begin(words: readonly string[], { cwd = folder, env = {} }: Line = {}): Promise<RawPeer> {
  const peer = await connected();
  const { TZ } = process.env;
  const variables = Object.entries({ ...(TZ !== undefined && { TZ }), ...env }).map(
    ([name, value]) => `${name}=${value}`,
  );
  peer.send({ type: "RunCommandLine", payload: { ...REQUEST, words: words.length } });
  peer.sendPayload(chunk(3, [...words, cwd, ...variables].map((text) => `${text}\0`).join("")));
  return peer;
}

/** What the service sends, until it ends the call. */
async function outcome(peer: RawPeer) {
  const streams = ["", "", ""];
  const messages: { type: string; payload: { status?: number } }[] = [];
  for (;;) {
    const payload = await peer.payload();
    if (isChunk(payload)) streams[payload.readUInt32BE(2)] += payload.subarray(6).toString();
    else messages.push(JSON.parse(payload.toString()));
    const last = messages.at(-1);
    if (last !== undefined && last.type !== "Begun" && last.type !== "Credit") {
      return { types: messages.map(({ type }) => type), ...last.payload, stdout: streams[1], stderr: streams[2] };
    }
  }
}

async function isAccepted(front: unknown, socket?: string): Promise<unknown> {
  const peer = await connected(socket);
  peer.send({ type: "Hello", payload: { front } });
  return (await peer.message()).payload.front;
}

describe.runIf(process.platform === "linux")("Hello of a front", () => {
  test("is accepted only for the same build and the same process properties", async () => {
    const own = surroundings(BUILD) as string;
    expect(own.split(" ").length).toBe(26);
    expect(await isAccepted(own)).toBe(true);
    expect(await isAccepted(surroundings("another build"))).toBe(false);
    for (const index of own.split(" ").keys()) {
      const other = own.split(" ").with(index, "x").join(" ");
      expect(await isAccepted(other)).toBe(own.split(" ")[index] === "x");
    }
    expect(await isAccepted(7)).toBe(false);
  });

  test("is refused by a confined service, and by one without fronts", async () => {
    for (const options of [{ front: FRONT, confined: true }, {}]) {
      const other = await startTestService(options);
      expect(await isAccepted(surroundings(BUILD), other.socket)).toBe(false);
      const peer = await connected(other.socket);
      peer.send({ type: "RunCommandLine", payload: { ...REQUEST, words: 0 }, id: 1 });
      expect(await peer.message()).toMatchObject({ payload: { status: "error", code: "UNSUPPORTED" }, id: 1 });
      other.stop(true);
      await other.ended;
    }
  });

  test("a client that is no front is told nothing about it", async () => {
    expect(await isAccepted(undefined)).toBeUndefined();
  });
});

describe("a command line", () => {
  test("runs in its directory and environment", async () => {
    await writeFile(join(folder, "a.txt"), "a");
    expect(await outcome(await begin(["fs", "cat", "a.txt"]))).toEqual({
      types: ["Begun", "Exit"],
      status: 0,
      stdout: "a",
      stderr: "",
    });
    const env = { XSYS_TEST_VALUE: "given", XSYS_PARENT: "1", PATH: "/x" };
    expect(await outcome(await begin(["--json", "sys", "env"], { env }))).toMatchObject({ status: 0 });
    const { stdout } = await outcome(await begin(["--json", "sys", "env"], { env }));
    const { TZ, ...seen } = JSON.parse(stdout ?? "").data;
    expect(seen).toEqual({ XSYS_TEST_VALUE: "given", PATH: "/x" });
    expect(
      await outcome(await begin(["--json", "sys", "paths"], { env: { HOME: "/h", TMPDIR: "/t/" } })),
    ).toMatchObject({
      stdout: expect.stringContaining(`"cwd":"${folder}","home":"/h","temp":"/t","config":"/h/.config"`),
    });
  });

  test("an error is reported with its exit status", async () => {
    expect(await outcome(await begin(["fs", "cat", "missing"]))).toMatchObject({
      status: 66,
      stdout: "",
      stderr: expect.stringMatching(/^xsys: fs\.cat failed on .*missing: no such file or directory\n$/),
    });
  });

  test("counts as a call in the statistics", async () => {
    await outcome(await begin(["path", "join", "a"]));
    await outcome(await begin(["fs", "cat", "missing"]));
    expect(service.status().calls).toMatchObject({ total: 2, failed: 1 });
    expect(Object.keys(service.status().commands)).toEqual(["path.join", "fs.cat"]);
  });

  test("is handed over if it concerns the process of the front", async () => {
    for (const words of [
      ["serve"],
      ["server", "start"],
      ["daemon"],
      ["terminal", "run", "x"],
      ["sys", "kill", "--pid", "1"],
    ]) {
      expect((await outcome(await begin(words))).types).toEqual(["Begun", "HandOver"]);
    }
    expect((await outcome(await begin(["path", "join", "a"], { env: { TZ: "Mars/Olympus" } }))).types).toContain(
      "HandOver",
    );
  });

  test("a result above the frame limit is handed over if the command changes nothing", async () => {
    const small = await startTestService({ front: FRONT, limits: { maxFrame: 10_000 }, root: folder });
    const first = service;
    service = small;
    try {
      await writeFile(join(folder, "large"), "x".repeat(20_000));
      expect((await outcome(await begin(["--json", "fs", "read", "large"]))).types).toEqual(["Begun", "HandOver"]);
    } finally {
      service = first;
      small.stop(true);
      await small.ended;
    }
  });

  test("input is asked for only when the command reads it", async () => {
    const peer = await begin(["fs", "write", "new.txt"]);
    expect((await peer.message()).type).toBe("Begun");
    expect(await peer.message()).toMatchObject({ type: "Credit", id: 0 });
    peer.sendPayload(chunk(0, "one ", false));
    peer.sendPayload(chunk(0, "two"));
    expect(await outcome(peer)).toMatchObject({ status: 0 });
    expect(await outcome(await begin(["fs", "cat", "new.txt"]))).toMatchObject({ stdout: "one two" });
  });

  test("output beyond the credit waits for more", async () => {
    await writeFile(join(folder, "large"), "x".repeat(200_000));
    const peer = await begin(["fs", "cat", "large"]);
    let received = 0;
    while (received < 131_072) {
      const payload = await peer.payload();
      if (isChunk(payload)) received += payload.length - 6;
    }
    expect(received).toBe(131_072);
    peer.send({ type: "Credit", payload: { bytes: 100_000 }, id: 1 });
    const { stdout, status } = await outcome(peer);
    expect([stdout?.length, status]).toEqual([200_000 - 131_072, 0]);
  });

  test("an unreadable input is an error of the command", async () => {
    const peer = await begin(["--json", "fs", "write", "new.txt"]);
    await peer.message();
    await peer.message();
    peer.send({ type: "ReadFailed", payload: { errno: 5 }, id: 0 });
    expect(await outcome(peer)).toMatchObject({ status: 74, stdout: expect.stringContaining('"code":"IO_ERROR"') });
  });
});

describe("a front that breaks the protocol", () => {
  test.each<[string, unknown]>([
    ["a chunk of an unknown stream", chunk(9, "x")],
    ["a second command line", chunk(3, "x\0")],
    ["a binary response", Buffer.from([2, 0, 0, 0, 0])],
    ["a credit of nothing", { type: "Credit", payload: { bytes: 0 }, id: 1 }],
    ["a credit for the input", { type: "Credit", payload: { bytes: 1 }, id: 0 }],
    ["another signal", { type: "Signal", payload: { number: 9 } }],
    ["no errno", { type: "ReadFailed", payload: {} }],
  ])("%s closes the connection", async (_, sent) => {
    const peer = await begin(["fs", "write", "target"]);
    await peer.message();
    await peer.message();
    if (Buffer.isBuffer(sent)) peer.sendPayload(sent);
    else peer.send(sent);
    expect(await peer.message()).toMatchObject({ payload: { code: "BAD_FRAME" } });
    await peer.closed;
  });

  test("a command line of more than 256 KiB", async () => {
    const peer = await begin(["path", "join", "x".repeat(262_144)]);
    expect(await peer.message()).toMatchObject({ payload: { code: "BAD_FRAME" } });
  });

  test("a command line without a directory", async () => {
    const peer = await begin(["path"], { cwd: "" });
    expect(await peer.message()).toMatchObject({ payload: { code: "BAD_FRAME" } });
  });

  test.each([{}, { words: -1, parent: 1 }, { words: 1.5, parent: 1 }, { words: 1 }])(
    "the request %j",
    async (payload) => {
      const peer = await connected();
      peer.send({ type: "RunCommandLine", payload, id: 1 });
      expect((await peer.message()).payload.status).toBe("error");
    },
  );
});

test("command lines that name files of their own process, or have another time zone", () => {
  const { TZ } = process.env;
  const needs = (words: string[], cwd = "/home/dev/proc", env: NodeJS.ProcessEnv = { TZ }) =>
    needsOwnProcess({ words, cwd, env });
  expect(needs(["fs", "read", "dev/notes"])).toBe(false);
  expect(needs(["fs", "read", "/dev/stdin"])).toBe(true);
  expect(needs(["fs", "read", "//dev/../dev/fd/3"])).toBe(true);
  expect(needs(["fs", "read", "../../../proc/self/environ"])).toBe(true);
  expect(needs(["fs", "read", "stdin"], "/dev")).toBe(true);
  expect(needs(["--root", "/", "fs", "read", "dev/stdin"])).toBe(true);
  expect(needs(["--root=/dev", "fs", "read", "x"])).toBe(true);
  expect(needs(["--verbose", "fs", "read", "x"])).toBe(true);
  expect(needs(["fs", "read", "/developer"])).toBe(false);
  expect(needs(["fs", "read", "/dev/shm/file"])).toBe(false);
  expect(needs(["fs", "read", "/dev/shm/../stdin"])).toBe(true);
  expect(needs(["fs", "read", "/dev/shmem"])).toBe(true);
  expect(needs(["fs", "read", "link"], folder)).toBe(false);
  symlinkSync("/dev/stdout", join(folder, "link"));
  const { atimeNs } = lstatSync(join(folder, "link"), { bigint: true });
  expect(needs(["fs", "read", "link"], folder)).toBe(true);
  expect(needs(["fs", "read", "nul\0"], folder)).toBe(false);
  expect(lstatSync(join(folder, "link"), { bigint: true }).atimeNs).toBe(atimeNs);
  expect(needs(["fs", "read", "x"], "/", { TZ: "Mars/Olympus" })).toBe(true);
});
