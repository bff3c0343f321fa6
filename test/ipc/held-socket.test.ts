import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readlinkSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type HeldSocket, holdSocket, listenOn } from "../../internal/ipc/held-socket.ts";

const CHILD = new URL("held-socket-child.ts", import.meta.url).pathname;
const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
  vi.unstubAllEnvs();
});

async function hold(): Promise<HeldSocket> {
  const held = await holdSocket("127.0.0.1", 0);
  cleanUps.push(() => held.close());
  return held;
}

/** A process that accepts from the socket; resolves when it listens. */
async function accepting({ descriptor }: HeldSocket): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(process.execPath, [CHILD], { stdio: ["ignore", "pipe", "inherit", descriptor] });
  cleanUps.push(() => child.kill("SIGKILL"));
  await once(child.stdout as NonNullable<typeof child.stdout>, "data");
  return child as ChildProcess & { readonly pid: number };
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

async function connected({ address }: HeldSocket): Promise<Socket> {
  const socket = connect(address.port, address.address);
  cleanUps.push(() => socket.destroy());
  socket.on("error", () => {}); // `close` follows
  await once(socket, "connect");
  return socket;
}

/** The process that answers a connection. */
async function answererOf(socket: Socket): Promise<number> {
  socket.write("?");
  const [answer] = await once(socket, "data");
  return Number(String(answer));
}

/** Connects until each process has a connection. */
async function oneOfEach(
  held: HeldSocket,
  children: readonly { readonly pid: number }[],
): Promise<Map<number, Socket>> {
  const sockets = new Map<number, Socket>();
  while (sockets.size < children.length) {
    const socket = await connected(held);
    sockets.set(await answererOf(socket), socket);
  }
  expect(new Set(sockets.keys())).toEqual(new Set(children.map(({ pid }) => pid)));
  return sockets;
}

describe("a held socket", () => {
  test("is accepted from by several processes; a killed one loses only its own connections", async () => {
    const held = await hold();
    const children = await Promise.all([accepting(held), accepting(held), accepting(held)]);
    const sockets = await oneOfEach(held, children);
    const [victim, ...others] = children;
    const lost = once(sockets.get(victim?.pid ?? 0) as Socket, "close");
    await killed(victim as ChildProcess);
    await lost;
    for (const { pid } of others) expect(await answererOf(sockets.get(pid) as Socket)).toBe(pid);
    for (let next = 0; next < 20; next++) {
      expect(others.map(({ pid }) => pid)).toContain(await answererOf(await connected(held)));
    }
  });

  test("keeps connections in its queue while no process accepts them, and the next process answers all", async () => {
    const held = await hold();
    const early = await Promise.all(Array.from({ length: 20 }, () => connected(held)));
    const first = await accepting(held);
    for (const socket of early) expect(await answererOf(socket)).toBe(first.pid);
    await killed(first);
    const waiting = await Promise.all(Array.from({ length: 20 }, () => connected(held)));
    const answers = Promise.all(waiting.map(answererOf));
    const second = await accepting(held);
    expect(new Set(await answers)).toEqual(new Set([second.pid]));
  });

  test("keeps a queue longer than Node's default of 511 after a process has listened on it", async () => {
    const held = await hold();
    await killed(await accepting(held));
    const sockets = await Promise.all(Array.from({ length: 600 }, () => connected(held)));
    expect(sockets).toHaveLength(600);
  });

  test("is not inherited by children that do not get it", async () => {
    const held = await hold();
    const own = readlinkSync(`/proc/self/fd/${held.descriptor}`);
    const child = spawn("sleep", ["60"], { stdio: "ignore" });
    cleanUps.push(() => child.kill("SIGKILL"));
    await once(child, "spawn");
    const links = readdirSync(`/proc/${child.pid}/fd`).map((fd) => readlinkSync(`/proc/${child.pid}/fd/${fd}`));
    expect(links.length).toBeGreaterThan(0);
    expect(links).not.toContain(own);
  });

  test("that is closed stays open in the processes that accept from it; after their end the port is free", async () => {
    const held = await hold();
    const child = await accepting(held);
    held.close();
    held.close(); // a second call must not close another file's descriptor
    expect(await answererOf(await connected(held))).toBe(child.pid);
    await killed(child);
    const again = await holdSocket("127.0.0.1", held.address.port);
    again.close();
    expect(again.address.port).toBe(held.address.port);
  });

  test("closed twice does not close a descriptor that was opened in between", async () => {
    const held = await hold();
    held.close();
    const reused = openSync("/dev/null", "r");
    cleanUps.push(() => closeSync(reused));
    held.close();
    expect(readlinkSync(`/proc/self/fd/${reused}`)).toBe("/dev/null");
  });
});

describe("it fails", () => {
  test("with the system's error for a port in use", async () => {
    const held = await hold();
    await expect(holdSocket("127.0.0.1", held.address.port)).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  test("with UNSUPPORTED without node:ffi", async () => {
    vi.stubEnv("XSYS_FFI", "off");
    await expect(hold()).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });

  test("with INVALID_PARAMS for a descriptor that is not a TCP socket", async () => {
    const file = openSync("/dev/null", "r");
    cleanUps.push(() => closeSync(file));
    await expect(listenOn(createServer(), file)).rejects.toMatchObject({ code: "INVALID_PARAMS" });
  });
});
