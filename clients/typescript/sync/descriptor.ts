import { readSync, writeSync } from "node:fs";
import { connect, type Socket } from "node:net";

/** A socket whose descriptor is read and written directly, without blocking. */
export interface Descriptor {
  readonly socket: Socket;
  readonly fd: number;
}

/** Whether sockets have accessible descriptors. Named pipes on Windows have none, and Bun does not expose them. */
export function hasDescriptors(): boolean {
  return process.platform !== "win32" && process.versions.bun === undefined;
}

/**
 * Connects to a Unix socket. connect(2) is called before this function returns, so the first write needs no event loop;
 * it fails with ENOTCONN if the connection failed.
 *
 * Node has no public API for a socket's descriptor. `_handle.fd` has existed since 0.10 and is used by Node's own
 * tests. The alternatives are a pair of FIFOs, which the service would have to open at its clients' request, and a
 * thread, which takes 4 times as long per call and 50 times as long for the first.
 */
export function connectDescriptor(path: string): Descriptor | undefined {
  const socket = connect(path);
  socket.on("error", () => {}); // the next read or write reports it
  socket.unref();
  const { fd = -1 } = (socket as unknown as { readonly _handle: { readonly fd?: number } | null })._handle ?? {};
  if (fd >= 0) return { socket, fd };
  socket.destroy();
  return undefined;
}

/** The number of bytes read into `buffer`, 0 at the end, or undefined when none are available yet. */
export function tryRead({ fd }: Descriptor, buffer: Uint8Array): number | undefined {
  return unlessBlocked(() => readSync(fd, buffer));
}

/** The number of bytes written from `offset` on, or undefined when the socket's buffer is full. */
export function tryWrite({ fd }: Descriptor, bytes: Uint8Array, offset: number): number | undefined {
  return unlessBlocked(() => writeSync(fd, bytes, offset));
}

function unlessBlocked(act: () => number): number | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // EAGAIN is thrown as an error, and capturing its stack would be most of the cost
  try {
    return act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
