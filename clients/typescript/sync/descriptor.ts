import { readSync, writeSync } from "node:fs";
import { connect, type Socket } from "node:net";

/** A socket whose descriptor is read and written directly, without waiting. */
export interface Descriptor {
  readonly socket: Socket;
  readonly fd: number;
}

/** Whether sockets have descriptors here. Windows' named pipes have none, and Bun keeps them to itself. */
export function hasDescriptors(): boolean {
  return process.platform !== "win32" && process.versions.bun === undefined;
}

/**
 * Begins to connect to a Unix socket. connect(2) is carried out before this returns: no event loop is needed for the
 * first write, which fails with ENOTCONN if it went wrong.
 *
 * Node has no public way to a socket's descriptor. `_handle.fd` has been there since 0.10 and is what Node's own tests
 * go by; the alternatives are a pair of FIFOs, which the service would have to open at its clients' bidding, and a
 * thread, which takes four times as long per call and 50 times as long for the first.
 */
export function connectDescriptor(path: string): Descriptor | undefined {
  const socket = connect(path);
  socket.on("error", () => {}); // told by the next read or write
  socket.unref();
  const { fd = -1 } = (socket as unknown as { readonly _handle: { readonly fd?: number } | null })._handle ?? {};
  if (fd >= 0) return { socket, fd };
  socket.destroy();
  return undefined;
}

/** Bytes read into the room, 0 at the end, or undefined when none are there yet. */
export function tryRead({ fd }: Descriptor, room: Uint8Array): number | undefined {
  return unlessWaiting(() => readSync(fd, room));
}

/** Bytes written from `offset` on, or undefined when none are taken now. */
export function tryWrite({ fd }: Descriptor, bytes: Uint8Array, offset: number): number | undefined {
  return unlessWaiting(() => writeSync(fd, bytes, offset));
}

function unlessWaiting(act: () => number): number | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // "not yet" comes as an error, and its stack would be most of what it costs
  try {
    return act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
