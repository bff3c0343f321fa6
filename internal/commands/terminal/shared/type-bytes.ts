import { writeSync } from "node:fs";
import { pause } from "../../../../protocol/timers.ts";
import { isErrno } from "../../../base/errno.ts";

/** Milliseconds until the next try when the terminal's buffer is full. */
const RETRY = 10;

/**
 * Writes to a terminal's non-blocking descriptor. node-pty's own write buffers without limit, does not report
 * completion, and retries on every turn of the event loop, which uses a whole processor while the program does not
 * read. The writes are synchronous, so the descriptor cannot be closed and reused for another file during one.
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

/** The number of bytes written. 0 when the terminal's buffer is full. */
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
