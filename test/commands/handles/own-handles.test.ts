import { execFileSync } from "node:child_process";
import { readdir, readlink } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Client, connect } from "../../../clients/typescript/index.ts";
import type { Service } from "../../../internal/host/service.ts";
import { useSandbox } from "../../support/sandbox.ts";
import { startTestService } from "../../support/service.ts";
import { XyprissDirect } from "../../support/xypriss-direct.ts";

const sandbox = useSandbox();
let service: Service;
let xsys: Client;

beforeEach(async () => {
  service = await startTestService({ root: sandbox.root, limits: { maxFrame: 100_000 } });
  xsys = await connect({ socket: service.socket });
});
afterEach(async () => {
  xsys.close();
  service.stop(true);
  await service.ended;
});

/** How often a file is open in this process, in which the service runs. */
async function timesOpen(path: string): Promise<number> {
  const links = await Promise.all(
    (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
  );
  return links.filter((link) => link === sandbox.path(path)).length;
}

const linux = test.skipIf(process.platform !== "linux");

describe("an open file of a client that said Hello", () => {
  test("is unknown to all other connections", async () => {
    await sandbox.write("a.txt", "abc");
    const { handle } = await xsys.fs.open({ path: "a.txt" });
    const other = await connect({ socket: service.socket });
    const stranger = new XyprissDirect(service.socket);
    await expect(other.fs.handleRead({ handle, length: 1 })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(other.fs.close({ handle })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(stranger.command("fs", "close", { handle })).rejects.toThrow("no open file");
    expect(await xsys.fs.handleRead({ handle, length: 1 })).toEqual({ content: "61" });
    other.close();
    await stranger.close();
  });

  linux("is closed when its connection is closed", async () => {
    await sandbox.write("a.txt", "abc");
    await xsys.fs.open({ path: "a.txt" });
    await xsys.fs.open({ path: "a.txt" });
    expect(await timesOpen("a.txt")).toBe(2);
    xsys.close();
    await expect.poll(() => timesOpen("a.txt")).toBe(0);
  });

  test("can be shared; then every connection can use it, and it outlives its own connection", async () => {
    await sandbox.write("a.txt", "abc");
    const { handle } = await xsys.fs.open({ path: "a.txt", shared: true });
    xsys.close();
    const other = await connect({ socket: service.socket });
    expect(await other.fs.handleRead({ handle, length: 3 })).toEqual({ content: "616263" });
    await other.fs.close({ handle });
    other.close();
  });

  test("counts towards a limit per connection", async () => {
    await sandbox.write("a.txt", "abc");
    const handles = await Promise.all(Array.from({ length: 256 }, () => xsys.fs.open({ path: "a.txt" })));
    await expect(xsys.fs.open({ path: "new.txt", flags: "w" })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    expect(await xsys.fs.check({ path: "new.txt" })).toMatchObject({ exists: false });
    const other = await connect({ socket: service.socket });
    await other.fs.open({ path: "a.txt" });
    other.close();
    await xsys.fs.close(handles[0] as { handle: number });
    await xsys.fs.open({ path: "a.txt" });
  });
});

linux("all open files are closed when the service ends", async () => {
  await sandbox.write("a.txt", "abc");
  await xsys.fs.open({ path: "a.txt" });
  const stranger = new XyprissDirect(service.socket);
  await stranger.command("fs", "open", { path: "a.txt", flags: 0 });
  expect(await timesOpen("a.txt")).toBe(2);
  service.stop(true);
  await service.ended;
  expect(await timesOpen("a.txt")).toBe(0);
});

describe("calls with a handle", () => {
  test("run one after the other, in the order of the calls", async () => {
    const { handle } = await xsys.fs.open({ path: "a.bin", flags: "w+" });
    const letters = "abcdefghijklmnop";
    await Promise.all(
      [...letters].map((letter) =>
        xsys.fs.handleWrite({ handle, data: Buffer.from(letter.repeat(999)).toString("hex") }),
      ),
    );
    await xsys.fs.handleSeek({ handle, offset: 0 });
    const pieces = await Promise.all([...letters].map(() => xsys.fs.handleRead({ handle, length: 999 })));
    expect(pieces.map(({ content }) => Buffer.from(content, "hex").toString())).toEqual(
      [...letters].map((letter) => letter.repeat(999)),
    );
  });

  test("leave a hole when the position is beyond the end", async () => {
    const { handle } = await xsys.fs.open({ path: "a.bin", flags: "w+" });
    expect(await xsys.fs.handleSeek({ handle, offset: 3, whence: 2 })).toEqual({ pos: 3 });
    await xsys.fs.handleWrite({ handle, data: "ff" });
    expect(await sandbox.read("a.bin")).toBe("\0\0\0\uFFFD");
  });

  test("are TOO_LARGE by the bytes that were read, not by the length that was requested", async () => {
    await sandbox.write("small", "abc");
    await sandbox.write("large", Buffer.alloc(200_000, "x"));
    const small = await xsys.fs.open({ path: "small" });
    expect(await xsys.fs.handleRead({ ...small, length: 1_000_000_000 })).toEqual({ content: "616263" });
    const large = await xsys.fs.open({ path: "large" });
    await expect(xsys.fs.handleRead({ ...large, length: 200_000 })).rejects.toMatchObject({ code: "TOO_LARGE" });
    const most = await xsys.fs.handleRead({ ...large, length: 74_000, encoding: "base64" });
    expect(Buffer.from(most.content, "base64")).toHaveLength(74_000);
  });

  test("refuse text that is not valid in its encoding", async () => {
    const { handle } = await xsys.fs.open({ path: "a.bin", flags: "w" });
    for (const [data, encoding] of [
      ["abc", "hex"],
      ["zz", "hex"],
      ["a b=", "base64"],
    ] as const) {
      await expect(xsys.fs.handleWrite({ handle, data, encoding })).rejects.toMatchObject({ code: "INVALID_PARAMS" });
    }
    expect(await sandbox.read("a.bin")).toBe("");
  });

  test("name the file in an error of the operating system", async () => {
    const { handle } = await xsys.fs.open({ path: "/dev/full", flags: "w" });
    await expect(xsys.fs.handleWrite({ handle, data: "00" })).rejects.toMatchObject({
      code: "NO_SPACE",
      message: expect.stringContaining("/dev/full"),
    });
  });
});

describe("a file that is not a regular file", () => {
  test("is read without a position if it is a device", async () => {
    const { handle } = await xsys.fs.open({ path: "/dev/zero" });
    expect(await xsys.fs.handleRead({ handle, length: 4 })).toEqual({ content: "00000000" });
    await expect(xsys.fs.handleSeek({ handle, offset: 0 })).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });

  linux("is read to its end if its reported size is 0", async () => {
    const { handle } = await xsys.fs.open({ path: "/proc/self/status" });
    const { content } = await xsys.fs.handleRead({ handle, length: 40_000 });
    expect(Buffer.from(content, "hex").toString()).toContain(`Pid:\t${process.pid}\n`);
  });

  test("is refused without being opened if it is a FIFO", async () => {
    execFileSync("mkfifo", [sandbox.path("fifo")]);
    await expect(xsys.fs.open({ path: "fifo" })).rejects.toMatchObject({ code: "INVALID_PARAMS" });
  });
});
