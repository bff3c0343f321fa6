import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterEach, expect, test, vi } from "vitest";
import { listenOn } from "../../internal/ipc/held-socket.ts";
import { identityOf, type ProcessIdentity } from "../../internal/processes/identity.ts";
import { takeDescriptor } from "../../internal/processes/take-descriptor.ts";
import { useChildren } from "../support/children.ts";

const HOLDER = new URL("fixtures/holds-socket.ts", import.meta.url).pathname;
const NOBODY = new URL("fixtures/as-nobody.ts", import.meta.url).pathname;
const children = useChildren();
afterEach(() => vi.unstubAllEnvs());

async function holder() {
  const child = children.add(spawn(process.execPath, [HOLDER], { stdio: ["ignore", "pipe", "inherit"] }));
  const [line] = await once(child.stdout, "data");
  const { descriptor, port } = JSON.parse(String(line)) as { descriptor: number; port: number };
  return { child, descriptor, port, identity: identityOf(child.pid ?? 0) as ProcessIdentity };
}

test("a listening socket is taken from a process, and accepts connections after its end", async () => {
  const { child, descriptor, port, identity } = await holder();
  const taken = takeDescriptor(identity, descriptor);
  const flags = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${taken}`, "utf8"))?.[1] ?? "";
  expect(Number.parseInt(flags, 8) & 0o2000000).not.toBe(0); // closed on exec
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
  const waiting = connect(port, "127.0.0.1");
  await once(waiting, "connect");
  const server = createServer((socket) => socket.end("taken"));
  await listenOn(server, taken);
  expect(await text(waiting)).toBe("taken");
  server.close();
  await once(server, "close");
});

test("the other process keeps its own", async () => {
  const { descriptor, port, identity } = await holder();
  closeSync(takeDescriptor(identity, descriptor));
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.destroy();
});

test("a descriptor that is not open, and one of a process that has ended, are not found", async () => {
  const { child, descriptor, identity } = await holder();
  expect(() => takeDescriptor(identity, 999)).toThrow(
    expect.objectContaining({ code: "NOT_FOUND", message: expect.stringMatching(/^descriptor 999 .* is not open$/) }),
  );
  const earlier = { ...identity, start: identity.start - 1 };
  expect(() => takeDescriptor(earlier, descriptor)).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
  expect(() => takeDescriptor(identity, descriptor)).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
});

test("an ordinary user cannot take one from root, and is told what is needed", async () => {
  const root = process.getuid?.() === 0 ? process.pid : 1;
  const { stdout } = await promisify(execFile)(process.execPath, [NOBODY, "take", JSON.stringify(identityOf(root))]);
  expect(JSON.parse(stdout)).toEqual({
    code: "DENIED",
    message: expect.stringMatching(/permission denied\. Both processes must .*kernel\.yama\.ptrace_scope=1/),
  });
});

test("none can be taken without node:ffi", async () => {
  const { descriptor, identity } = await holder();
  vi.stubEnv("XSYS_FFI", "off");
  expect(() => takeDescriptor(identity, descriptor)).toThrow(
    expect.objectContaining({ code: "UNSUPPORTED", message: expect.stringContaining("XSYS_FFI=off") }),
  );
});
