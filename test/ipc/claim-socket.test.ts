import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, lstat, mkdir, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { assertPrivateFolder, defaultSocket } from "../../protocol/endpoint.ts";
import { programWith } from "../support/program.ts";
import { RawPeer } from "../support/raw-peer.ts";
import { useSandbox } from "../support/sandbox.ts";
import { startTestService } from "../support/service.ts";

const sandbox = useSandbox();

describe("the socket", () => {
  test("is for its owner alone, and goes with the service", async () => {
    const service = await startTestService({ socket: sandbox.path("s") });
    expect((await lstat(sandbox.path("s"))).mode & 0o777).toBe(0o600);
    service.stop(false);
    await service.ended;
    await expect(lstat(sandbox.path("s"))).rejects.toThrow("ENOENT");
  });

  test("gets its missing folders, which others may not enter", async () => {
    const service = await startTestService({ socket: sandbox.path("a/b/s") });
    expect((await lstat(sandbox.path("a/b"))).mode & 0o777).toBe(0o700);
    service.stop(false);
    await service.ended;
  });

  test("of a live server is left alone, and its pid told", async () => {
    const first = await startTestService({ socket: sandbox.path("s") });
    const second = startTestService({ socket: sandbox.path("s") });
    await expect(second).rejects.toMatchObject({ code: "BUSY", details: { pid: process.pid } });
    await expect(second).rejects.toThrow(`pid ${process.pid}`);
    (await RawPeer.connect(first.socket)).close();
    first.stop(true);
    await first.ended;
  });

  test("of a live server that speaks something else is left alone, too", async () => {
    const other = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    other.listen(sandbox.path("s"));
    await once(other, "listening");
    await expect(startTestService({ socket: sandbox.path("s") })).rejects.toMatchObject({ code: "BUSY" });
    other.close();
  });

  test("that a killed server left behind is replaced", async () => {
    await leaveSocketBehind(sandbox.path("s"));
    expect((await lstat(sandbox.path("s"))).isSocket()).toBe(true);
    const service = await startTestService({ socket: sandbox.path("s") });
    (await RawPeer.connect(service.socket)).close();
    service.stop(true);
    await service.ended;
  });

  test("goes to one alone of many that start at once where a dead server's file lies", async () => {
    await leaveSocketBehind(sandbox.path("s"));
    const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => startInProcess(sandbox.path("s"))));
    const started = attempts.filter((attempt) => attempt.status === "fulfilled");
    expect(started).toHaveLength(1);
    for (const { value: child } of started) {
      child.kill("SIGTERM");
      const [status] = await once(child, "exit");
      expect(status).toBe(0);
    }
  });

  test.each(["a file", "a folder"])("is refused where %s is", async (kind) => {
    if (kind === "a file") await writeFile(sandbox.path("s"), "precious");
    else await mkdir(sandbox.path("s"));
    await expect(startTestService({ socket: sandbox.path("s") })).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    if (kind === "a file") expect(await sandbox.read("s")).toBe("precious");
  });

  test("whose path is too long for the system is refused with the numbers", async () => {
    const socket = sandbox.path("x".repeat(120));
    await expect(startTestService({ socket })).rejects.toMatchObject({ code: "INVALID_PARAMS" });
    await expect(startTestService({ socket })).rejects.toThrow(/has \d+ bytes/);
  });
});

describe("the default socket", () => {
  test("is $XSYS_SOCKET, else below $XDG_RUNTIME_DIR, else in a folder of the user's under the temporary one", () => {
    expect(defaultSocket({ XSYS_SOCKET: "/a/s", XDG_RUNTIME_DIR: "/run" })).toBe("/a/s");
    expect(defaultSocket({ XDG_RUNTIME_DIR: "/run/user/1" })).toBe("/run/user/1/xsys/xsys.sock");
    expect(defaultSocket({})).toMatch(new RegExp(`/xsys-${process.getuid?.()}/xsys.sock$`));
  });

  test("is not trusted in a folder that others may enter, that is a link, or that is another user's", async () => {
    await mkdir(sandbox.path("open"), { mode: 0o755 });
    expect(() => assertPrivateFolder(sandbox.path("open/s"))).toThrow(expect.objectContaining({ code: "DENIED" }));
    await chmod(sandbox.path("open"), 0o700);
    expect(() => assertPrivateFolder(sandbox.path("open/s"))).not.toThrow();
    await symlink("open", sandbox.path("link"));
    expect(() => assertPrivateFolder(sandbox.path("link/s"))).toThrow(expect.objectContaining({ code: "DENIED" }));
    const notOurs = process.getuid?.() === 0 ? undefined : "/s";
    if (notOurs) expect(() => assertPrivateFolder(notOurs)).toThrow(expect.objectContaining({ code: "DENIED" }));
  });

  test("may be in a folder that is not there yet", () => {
    expect(() => assertPrivateFolder(sandbox.path("new/s"))).not.toThrow();
  });
});

/** A server that is killed, so that its socket's file stays. */
async function leaveSocketBehind(socket: string): Promise<void> {
  const script = `require("net").createServer().listen(${JSON.stringify(socket)}, () => console.log("up"))`;
  const server = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  await once(server.stdout, "data");
  server.kill("SIGKILL");
  await once(server, "exit");
}

/** `xsys serve` in a process of its own; resolves when it listens and rejects when it ends first. */
async function startInProcess(socket: string) {
  const child = spawn(...programWith(["serve", "--socket", socket]), { stdio: ["ignore", "pipe", "ignore"] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child.once("exit", (status) => reject(new Error(`ended with ${status}`)));
  });
  return child;
}
