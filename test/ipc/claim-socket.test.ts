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
  test("is accessible only to its owner, and is removed when the service ends", async () => {
    const service = await startTestService({ socket: sandbox.path("s") });
    expect((await lstat(sandbox.path("s"))).mode & 0o777).toBe(0o600);
    service.stop(false);
    await service.ended;
    await expect(lstat(sandbox.path("s"))).rejects.toThrow("ENOENT");
  });

  test("has its missing folders created, closed to other users", async () => {
    const service = await startTestService({ socket: sandbox.path("a/b/s") });
    expect((await lstat(sandbox.path("a/b"))).mode & 0o777).toBe(0o700);
    service.stop(false);
    await service.ended;
  });

  test("of a running server is not replaced, and the error names its pid", async () => {
    const first = await startTestService({ socket: sandbox.path("s") });
    const second = startTestService({ socket: sandbox.path("s") });
    await expect(second).rejects.toMatchObject({ code: "BUSY", details: { pid: process.pid } });
    await expect(second).rejects.toThrow(`pid ${process.pid}`);
    (await RawPeer.connect(first.socket)).close();
    first.stop(true);
    await first.ended;
  });

  test("of a running server with another protocol is not replaced", async () => {
    const other = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    other.listen(sandbox.path("s"));
    await once(other, "listening");
    await expect(startTestService({ socket: sandbox.path("s") })).rejects.toMatchObject({ code: "BUSY" });
    other.close();
  });

  test("left by a killed server is replaced", async () => {
    await leaveSocketBehind(sandbox.path("s"));
    expect((await lstat(sandbox.path("s"))).isSocket()).toBe(true);
    const service = await startTestService({ socket: sandbox.path("s") });
    (await RawPeer.connect(service.socket)).close();
    service.stop(true);
    await service.ended;
  });

  test("left by a killed server is taken by only one of several services started at once", async () => {
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

  test.each(["a file", "a folder"])("is not created in place of %s", async (kind) => {
    if (kind === "a file") await writeFile(sandbox.path("s"), "precious");
    else await mkdir(sandbox.path("s"));
    await expect(startTestService({ socket: sandbox.path("s") })).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    if (kind === "a file") expect(await sandbox.read("s")).toBe("precious");
  });

  test("with a path too long for the system is refused, with its length and the maximum", async () => {
    const socket = sandbox.path("x".repeat(120));
    await expect(startTestService({ socket })).rejects.toMatchObject({ code: "INVALID_PARAMS" });
    await expect(startTestService({ socket })).rejects.toThrow(/has \d+ bytes/);
  });
});

describe("the default socket", () => {
  test("is $XSYS_SOCKET, else in $XDG_RUNTIME_DIR, else in the user's folder in the temporary folder", () => {
    expect(defaultSocket({ XSYS_SOCKET: "/a/s", XDG_RUNTIME_DIR: "/run" })).toBe("/a/s");
    expect(defaultSocket({ XDG_RUNTIME_DIR: "/run/user/1" })).toBe("/run/user/1/xsys/xsys.sock");
    expect(defaultSocket({})).toMatch(new RegExp(`/xsys-${process.getuid?.()}/xsys.sock$`));
  });

  test("is not trusted in a folder that is open to others, is a symbolic link, or belongs to another user", async () => {
    await mkdir(sandbox.path("open"), { mode: 0o755 });
    expect(() => assertPrivateFolder(sandbox.path("open/s"))).toThrow(expect.objectContaining({ code: "DENIED" }));
    await chmod(sandbox.path("open"), 0o700);
    expect(() => assertPrivateFolder(sandbox.path("open/s"))).not.toThrow();
    await symlink("open", sandbox.path("link"));
    expect(() => assertPrivateFolder(sandbox.path("link/s"))).toThrow(expect.objectContaining({ code: "DENIED" }));
    const notOurs = process.getuid?.() === 0 ? undefined : "/s";
    if (notOurs) expect(() => assertPrivateFolder(notOurs)).toThrow(expect.objectContaining({ code: "DENIED" }));
  });

  test("may be in a folder that does not exist yet", () => {
    expect(() => assertPrivateFolder(sandbox.path("new/s"))).not.toThrow();
  });
});

/** Starts a server and kills it, so that its socket file remains. */
async function leaveSocketBehind(socket: string): Promise<void> {
  const script = `require("net").createServer().listen(${JSON.stringify(socket)}, () => console.log("up"))`;
  const server = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  await once(server.stdout, "data");
  server.kill("SIGKILL");
  await once(server, "exit");
}

/** Starts `xsys serve` in another process. Resolves when it listens; rejects when it ends first. */
async function startInProcess(socket: string) {
  const child = spawn(...programWith(["serve", "--socket", socket]), { stdio: ["ignore", "pipe", "ignore"] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child.once("exit", (status) => reject(new Error(`ended with ${status}`)));
  });
  return child;
}
