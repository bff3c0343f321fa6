import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type SyncClient, XsysError } from "../../clients/typescript/index.ts";
import { SocketTransport } from "../../clients/typescript/sync/socket-transport.ts";
import { createSyncClient } from "../../clients/typescript/sync/sync-client.ts";
import { ThreadTransport } from "../../clients/typescript/sync/thread-transport.ts";
import { useSandbox } from "../support/sandbox.ts";
import { type Served, startServed } from "../support/served.ts";

/** The error that a blocking call throws. */
function failure(act: () => unknown): XsysError {
  try {
    act();
  } catch (error) {
    if (error instanceof XsysError) return error;
    throw error;
  }
  throw new Error("it should have failed");
}

const TRANSPORTS = [
  ["the socket's descriptor", SocketTransport],
  ["a thread", ThreadTransport],
] as const;

describe.each(TRANSPORTS)("a blocking client over %s", (_name, Transport) => {
  const sandbox = useSandbox();
  let service: Served;
  let transport: InstanceType<typeof Transport>;
  const open = (): SyncClient => createSyncClient(transport, 0);
  beforeEach(async () => {
    service = await startServed({ root: sandbox.root, confined: false }); // in another process: calls block this one
    transport = new Transport({ socket: service.socket, wait: 0, pid: 4711 });
  });
  afterEach(async () => {
    transport.close();
    service.stop(true);
    await service.ended;
  });

  test("returns results, and throws the errors of commands", async () => {
    await sandbox.write("a.txt", "abc");
    const xsys = open();
    const { hash }: { hash: string } = xsys.fs.hash({ path: "a.txt" });
    expect(hash).toMatch(/^ba7816bf/);
    expect(xsys.call("path.is-child", { parent: "/a", child: "/a/b" })).toBe(true);
    expect(xsys.hello).toMatchObject({ protocol: 1 });
    expect(failure(() => xsys.fs.hash({ path: "gone.txt" }))).toMatchObject({
      code: "NOT_FOUND",
      message: `fs.hash failed on ${sandbox.path("gone.txt")}: no such file or directory`,
      details: { errno: "ENOENT", path: sandbox.path("gone.txt") },
    });
    // @ts-expect-error: the types come from the contract
    expect(failure(() => xsys.fs.hash({ pth: "a.txt" })).code).toBe("INVALID_PARAMS");
    expect(failure(() => xsys.call("no.such")).code).toBe("UNKNOWN_COMMAND");
  });

  test("returns all bytes that a command sends, and sends the input of one that reads", async () => {
    const xsys = open();
    xsys.fs.write({ path: "1" }, { input: "täxt" });
    xsys.fs.write({ path: "2" }, { input: new Uint8Array([0, 255, 10]) });
    xsys.fs.write({ path: "3" }, { input: "" });
    const cat: Buffer = xsys.fs.cat({ path: "1" });
    expect(cat.toString()).toBe("täxt");
    expect(xsys.fs.cat({ path: "2" })).toEqual(Buffer.from([0, 255, 10]));
    expect(xsys.fs.cat({ path: "3" })).toHaveLength(0);
    expect(failure(() => xsys.fs.cat({ path: "4" })).code).toBe("NOT_FOUND");
  });
});
