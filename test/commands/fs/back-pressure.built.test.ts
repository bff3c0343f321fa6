import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { connect } from "../../../clients/typescript/index.ts";
import { useChildren } from "../../support/children.ts";
import { startXsys } from "../../support/command-line.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { peakMemory, readBeforeStalling } from "../../support/stalled.ts";

const sandbox = useSandbox();
const children = useChildren();

const MEBIBYTE = 1_048_576;
/** How much a process may have read beyond what was consumed: its own program, stream buffers, a pipe. */
const AHEAD = 16 * MEBIBYTE;
const MEMORY = 200 * MEBIBYTE;
const block = Buffer.alloc(65_536, "x");

function start(words: readonly string[]): ChildProcess {
  const child = startXsys(words, { cwd: sandbox.root, stdio: ["pipe", "pipe", "ignore"] });
  children.add(child);
  return child;
}

async function startService(): Promise<{ child: ChildProcess; socket: string }> {
  const socket = sandbox.path("socket");
  return { child: start(["serve", "--socket", socket]), socket };
}

async function* endlessly(): AsyncGenerator<Buffer> {
  for (;;) yield block;
}

/** Writes to a child for as long as it accepts bytes. */
function pump(child: ChildProcess): void {
  child.stdin?.on("error", () => {});
  void (async () => {
    for await (const bytes of endlessly()) {
      if (child.stdin?.write(bytes) === false) await once(child.stdin, "drain");
    }
  })().catch(() => {});
}

/**
 * A FIFO and an open end of it that is not read until `read` is called. The end is open when this function returns,
 * because a writer without a reader is refused. It is open for writing too, so that it does not report end of file
 * before there is a writer.
 */
function stalledFifo(): { path: string; read(bytes: number): Promise<number>; close(): void } {
  const path = sandbox.path("fifo");
  execFileSync("mkfifo", [path]);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const stream = new Socket({ fd, readable: true, writable: false });
  return {
    path,
    read: async (wanted) => {
      let got = 0;
      for await (const bytes of stream.iterator({ destroyOnReturn: false })) {
        got += (bytes as Buffer).length;
        if (got >= wanted) break;
      }
      return got;
    },
    close: () => stream.destroy(),
  };
}

describe.skipIf(process.platform !== "linux")("back pressure stops", () => {
  test("reading of the file when the reader of cat's pipe stalls", async () => {
    const child = start(["fs", "cat", "/dev/zero"]);
    await once(child.stdout ?? child, "readable");
    const before = await readBeforeStalling(child.pid);
    expect(before).toBeLessThan(AHEAD);
    let taken = 0;
    for await (const bytes of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
      taken += bytes.length;
      if (taken >= 4 * AHEAD) break;
    }
    expect(await readBeforeStalling(child.pid)).toBeLessThan(taken + AHEAD);
    expect(await peakMemory(child.pid)).toBeLessThan(MEMORY);
  });

  test("the writer of cat-write's pipe when the destination stalls", async () => {
    const fifo = stalledFifo();
    const child = start(["fs", "cat-write", fifo.path]);
    pump(child);
    expect(await readBeforeStalling(child.pid)).toBeLessThan(AHEAD);
    const taken = await fifo.read(4 * AHEAD);
    expect(await readBeforeStalling(child.pid)).toBeLessThan(taken + AHEAD);
    expect(await peakMemory(child.pid)).toBeLessThan(MEMORY);
    fifo.close();
  });

  test("reading of the file when the reader of the SDK's stream stalls, without blocking other calls", async () => {
    const { child, socket } = await startService();
    const xsys = await connect({ socket, wait: 10_000 });
    const stream = xsys.fs.cat({ path: "/dev/zero" });
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    expect(await readBeforeStalling(child.pid)).toBeLessThan(AHEAD);
    expect(await xsys.path.basename({ path: "/a/b" })).toBe("b");
    let taken = 0;
    while (taken < 4 * AHEAD) taken += (await iterator.next()).value?.length ?? 0;
    expect(await readBeforeStalling(child.pid)).toBeLessThan(taken + AHEAD);
    expect(await peakMemory(child.pid)).toBeLessThan(MEMORY);
    await iterator.return?.();
    xsys.close();
  });

  test("the SDK's input when the destination stalls, without blocking other calls", async () => {
    const { child, socket } = await startService();
    const xsys = await connect({ socket, wait: 10_000 });
    const fifo = stalledFifo();
    let given = 0;
    const input = (async function* () {
      for await (const bytes of endlessly()) {
        given += bytes.length;
        yield bytes;
      }
    })();
    const controller = new AbortController();
    const writing = xsys.fs.catWrite({ path: fifo.path }, { input, signal: controller.signal });
    writing.catch(() => {});
    expect(await readBeforeStalling(child.pid)).toBeLessThan(AHEAD);
    expect(given).toBeLessThan(AHEAD);
    expect(await xsys.path.basename({ path: "/a/b" })).toBe("b");
    const taken = await fifo.read(4 * AHEAD);
    await readBeforeStalling(child.pid);
    expect(given).toBeLessThan(taken + AHEAD);
    expect(await peakMemory(child.pid)).toBeLessThan(MEMORY);
    controller.abort();
    await expect(writing).rejects.toMatchObject({ code: "CANCELLED" });
    fifo.close();
    xsys.close();
  });
});
