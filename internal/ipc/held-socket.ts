import { closeSync, constants } from "node:fs";
import type { AddressInfo, Server } from "node:net";
import { createServer } from "node:net";
import { XsysError } from "../../protocol/errors.ts";
import { CLibrary } from "../base/c-library.ts";
import { fromErrno, isErrno } from "../base/errno.ts";
import { listen } from "./listen.ts";

/**
 * A listening TCP socket that this process keeps open without accepting connections. Other processes accept them: the
 * descriptor goes into the `stdio` of a child, and the child calls `listenOn`. Several children share the connections.
 * While no child lives, connections wait in the queue, and none is refused.
 */
export interface HeldSocket {
  readonly address: AddressInfo;
  /** Closed on exec: only a child that has it in its `stdio` inherits it. */
  readonly descriptor: number;
  /** Closes the descriptor. The port is free when the children have closed theirs, too. */
  close(): void;
}

/**
 * Listens on a port. Node can neither listen without accepting nor duplicate a descriptor, so dup(2) and close(2) are
 * called through node:ffi, which is experimental: Node's own handle is closed as soon as there is a duplicate.
 * @throws the system's error, such as EADDRINUSE. UNSUPPORTED without node:ffi, with the environment variable
 *   XSYS_FFI=off, and on other systems than Linux.
 */
export async function holdSocket(host: string, port: number): Promise<HeldSocket> {
  const { fcntl, close } = nativeCalls();
  const server = createServer();
  await listen(server, { host, port });
  // Node accepts in the poll phase of the event loop, which is not reached before the handle is closed.
  const address = server.address() as AddressInfo;
  const descriptor = fcntl(descriptorOf(server), F_DUPFD_CLOEXEC, FIRST_FREE);
  server.close();
  if (descriptor < 0) throw new XsysError("LIMIT_EXCEEDED", `no descriptor is free to hold the port ${address.port}`);
  let isOpen = true;
  return {
    address,
    descriptor,
    close: () => {
      if (isOpen) close(descriptor);
      isOpen = false;
    },
  };
}

/**
 * Duplicates a descriptor of this process. The duplicate is closed on exec.
 * @throws LIMIT_EXCEEDED if no descriptor is free; UNSUPPORTED like `holdSocket`.
 */
export function duplicate(descriptor: number): number {
  const copy = nativeCalls().fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST_FREE);
  if (copy < 0) throw new XsysError("LIMIT_EXCEEDED", `no descriptor is free to duplicate descriptor ${descriptor}`);
  return copy;
}

/** Makes accept(2) on a descriptor wait, as on a socket from systemd: libuv has opened it in non-blocking mode. */
export function makeBlocking(descriptor: number): void {
  const { fcntl } = nativeCalls();
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL, 0) & ~constants.O_NONBLOCK);
}

/** Commands of fcntl(2) for the flags that all duplicates of a descriptor share. */
const [F_GETFL, F_SETFL] = [3, 4];

/**
 * Takes over a descriptor that another program of this process has kept open (`replaceProgram`): it gets another number,
 * and is closed on exec again, so that no child inherits it.
 * @throws LIMIT_EXCEEDED, UNSUPPORTED like `duplicate`; the system's error if it is not open
 */
export function takeKept(descriptor: number): number {
  const own = duplicate(descriptor);
  closeSync(descriptor);
  return own;
}

/**
 * Makes a server accept connections from a socket that another process holds.
 * @param descriptor - its number in this process, such as 3 for the fourth entry of `stdio`.
 * @throws INVALID_PARAMS for a descriptor that is not a TCP socket.
 */
export async function listenOn(server: Server, descriptor: number): Promise<AddressInfo> {
  try {
    await listen(server, { fd: descriptor });
  } catch (error) {
    throw isErrno(error) ? fromErrno(error, `listening on descriptor ${descriptor}`) : error;
  }
  const address = server.address();
  if (address !== null && typeof address === "object") return address;
  server.close();
  throw new XsysError("INVALID_PARAMS", `descriptor ${descriptor} is not a TCP socket`);
}

/** Command of fcntl(2): duplicates a descriptor to a free one that is at least as high, and closed on exec. */
const F_DUPFD_CLOEXEC = 1030;
/** Above the descriptors of standard input, output and error. */
const FIRST_FREE = 3;

const library = new CLibrary({
  fcntl: { arguments: ["int32", "int32", "int32"], return: "int32" },
  close: { arguments: ["int32"], return: "int32" },
});

/** Whether this process can hold listening sockets. */
export function canHoldSockets(): boolean {
  return library.functions !== undefined;
}

function nativeCalls() {
  return library.need("a listening socket cannot be shared between processes");
}

/** The descriptor of a listening server: an internal property of node:net's servers; there is no public one. */
export function descriptorOf(server: Server): number {
  return (server as unknown as { readonly _handle: { readonly fd: number } })._handle.fd;
}
