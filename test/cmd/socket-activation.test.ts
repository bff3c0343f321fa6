import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, renameSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { describe, expect, test } from "vitest";
import { connect } from "../../clients/typescript/index.ts";
import { useChildren } from "../support/children.ts";
import { type Ended, ended } from "../support/command-line.ts";
import { PROGRAM } from "../support/program.ts";
import { useSandbox } from "../support/sandbox.ts";

const sandbox = useSandbox();
const children = useChildren();

/** A server whose descriptor can be passed to a child. */
type WithDescriptor = Server & { readonly _handle: { readonly fd: number } };

interface Started {
  readonly child: ChildProcess;
  readonly end: Promise<Ended>;
}

/** Starts xsys as systemd does: by exec, so that LISTEN_PID is its own pid, and with the socket as descriptor 3. */
function activate(server: Server, words: readonly string[], sockets = "1"): Started {
  const line = `LISTEN_PID=$$ LISTEN_FDS=${sockets} LISTEN_FDNAMES=xsys.socket exec "$@"`;
  const child = spawn("/bin/sh", ["-c", line, "sh", ...PROGRAM, ...words], {
    cwd: sandbox.root,
    stdio: ["ignore", "pipe", "pipe", (server as WithDescriptor)._handle.fd],
  });
  return { child: children.add(child), end: ended(child) };
}

/** A listening socket. `letGo` closes this process's descriptor and keeps the socket file, as systemd does. */
async function listening(where: string | number): Promise<{ server: Server; letGo(): Promise<void> }> {
  const server = createServer();
  server.listen(typeof where === "number" ? { port: where, host: "127.0.0.1" } : { path: where });
  await once(server, "listening");
  const letGo = async () => {
    if (typeof where === "string") renameSync(where, `${where}.kept`); // Node removes the file that it closes
    await new Promise((resolve) => server.close(resolve));
    if (typeof where === "string") renameSync(`${where}.kept`, where);
  };
  return { server, letGo };
}

describe.skipIf(process.platform !== "linux")("a socket passed by systemd", () => {
  test.each([["serve"], ["server start --port 0"]])(
    "is served by %s, and its file is kept when the service ends",
    async (words) => {
      const socket = sandbox.path("s");
      const { server, letGo } = await listening(socket);
      const { end } = activate(server, [...words.split(" "), "--socket", "s"]);
      await letGo();
      const xsys = await connect({ socket }); // the first connection waits while the service starts
      expect(await xsys.service.status()).toMatchObject({ socket });
      const { variables } = { variables: (await xsys.sys.env()) as Record<string, string> };
      expect(Object.keys(variables).filter((name) => name.startsWith("LISTEN_"))).toEqual([]);
      await xsys.service.stop();
      expect((await end).status).toBe(0);
      expect(existsSync(socket)).toBe(true);
      xsys.close();
    },
  );

  test("is used without a flag, and a flag with another path is rejected", async () => {
    const { server, letGo } = await listening(sandbox.path("s"));
    const other = activate(server, ["serve", "--socket", "t"]);
    expect(await other.end).toMatchObject({
      status: 64,
      stderr: expect.stringMatching(/inherited socket is \S+\/s, not \S+\/t/),
    });
    const { child, end } = activate(server, ["serve"]);
    await once(child.stdout as NodeJS.ReadableStream, "data");
    child.kill("SIGTERM");
    expect((await end).stdout).toContain(`listens on ${sandbox.path("s")}`);
    await letGo();
  });

  test("is rejected if several are passed or if it is not a Unix socket", async () => {
    const { server, letGo } = await listening(sandbox.path("s"));
    const several = await activate(server, ["serve"], "2").end;
    expect(several).toMatchObject({ status: 64, stderr: expect.stringContaining("2 descriptors were passed") });
    await letGo();
    const tcp = await listening(0);
    const refused = await activate(tcp.server, ["serve"]).end;
    expect(refused).toMatchObject({
      status: 64,
      stderr: expect.stringContaining("descriptor 3 is not a listening Unix socket"),
    });
    await tcp.letGo();
  });
});
