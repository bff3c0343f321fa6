import { rmSync } from "node:fs";
import type { Server } from "node:net";
import type { Place } from "./worker-handle.ts";

/**
 * Whether a server is the one by which the primary process of node:cluster listens for the workers of the application. It
 * hands each connection to one of them, and gives the server a listener that must never be called: `fail` of Node's
 * internal assertions.
 */
export function listensForCluster(server: Server): boolean {
  const listeners = server.listeners("connection");
  return listeners.length === 1 && listeners[0]?.name === "fail";
}

/** The Unix socket on which the primary process listens instead, beside the service's own. */
export function privateSocket(socket: string): string {
  const path = `${socket}-${process.pid}`;
  rmSync(path, { force: true }); // left by a process with the same id that was killed
  process.once("exit", () => rmSync(path, { force: true }));
  return path;
}

/** Makes a handle for a Unix socket tell the workers the address that the application asked for. */
export function pretendToBeAt(handle: object, { address, port, family }: Place): void {
  const getsockname = (out: object) => {
    Object.assign(out, { address, port, family: `IPv${family}` });
    return 0;
  };
  Object.assign(handle, { getsockname });
}
