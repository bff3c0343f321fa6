import { writeSync } from "node:fs";
import { pause } from "../../../../protocol/timers.ts";
import { isErrno } from "../../../base/errno.ts";

/** Milliseconds until a terminal that took nothing more is tried again. */
const RETRY = 10;

/**
 * Writes to a terminal's descriptor, which does not block: what is full says so at once. node-pty's own write keeps all
 * that waits in memory, tells nobody when it is through, and tries again on every turn of the loop, which costs a whole
 * processor while the program does not read. A plain write at a time cannot meet a descriptor that was closed and given
 * to another file meanwhile.
 */
export async function typeBytes(fd: number, bytes: Uint8Array, closed: () => boolean): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    if (closed()) return;
    const written = tryWrite(fd, bytes, offset);
    if (written === "closed") return;
    if (written === 0) await pause(RETRY);
    offset += written;
  }
}

/** Bytes that were taken; none when the terminal is full. */
function tryWrite(fd: number, bytes: Uint8Array, offset: number): number | "closed" {
  try {
    return writeSync(fd, bytes, offset);
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.code === "EAGAIN") return 0;
    if (error.code === "EIO" || error.code === "EBADF") return "closed";
    throw error;
  }
}
