import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { waitUntilListens } from "../../../internal/keeper/front/wait-until-listens.ts";
import { identityOf, type ProcessIdentity } from "../../../internal/processes/identity.ts";
import { pause } from "../../../protocol/timers.ts";

const servers: Server[] = [];
const children: ChildProcess[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function listenAt(host: string, ipv6Only = false): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  servers.push(server);
  await once(server.listen({ host, port: 0, ipv6Only }), "listening");
  return (server.address() as { port: number }).port;
}

const self = identityOf(process.pid) as ProcessIdentity;

describe.runIf(process.platform === "linux")("a process listens", () => {
  test.each([
    ["127.0.0.1", "127.0.0.1"],
    ["127.0.0.2", "127.0.0.2"],
    ["0.0.0.0", "127.0.0.1"],
    ["::1", "[::1]"],
    ["::", "[::1]"],
  ])("at %s, and is reached at %s", async (host, reached) => {
    const port = await listenAt(host);
    expect(await waitUntilListens({ ...self, key: "none", port }, AbortSignal.timeout(20_000))).toBe(reached);
  });

  test("later than it was started", async () => {
    const port = await listenAt("127.0.0.1");
    servers.pop()?.close();
    const found = waitUntilListens({ ...self, key: "none", port }, AbortSignal.timeout(20_000));
    await pause(30);
    const server = createServer();
    servers.push(server);
    server.listen(port, "127.0.0.1");
    expect(await found).toBe("127.0.0.1");
  });

  test("only if the socket is its own", async () => {
    const port = await listenAt("127.0.0.1");
    const child = spawn("sleep", ["1000"], { env: {} });
    children.push(child);
    const other = identityOf(child.pid as number) as ProcessIdentity;
    expect(await waitUntilListens({ ...other, key: "none", port }, AbortSignal.timeout(200))).toBeUndefined();
  });
});
