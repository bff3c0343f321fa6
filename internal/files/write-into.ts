import { constants, createReadStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { XsysError } from "../../protocol/errors.ts";
import type { Contents } from "./contents.ts";
import { withParents } from "./with-parents.ts";

/**
 * Writes to an existing file without replacing it, and returns the number of bytes written. With O_CREAT in `flags`, a
 * missing file and its missing parent folders are created. The signal aborts writing to a FIFO whose reader stalls:
 * then no further contents are requested.
 */
export async function writeInto(
  path: string,
  flags: number,
  contents: Contents,
  signal?: AbortSignal,
): Promise<number> {
  const file = await openFor(path, flags);
  try {
    if ((await file.stat()).isFIFO()) return await writeToFifo(path, contents, signal);
    let bytes = 0;
    for await (const chunk of contents) {
      await file.writeFile(chunk);
      bytes += chunk.byteLength;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/** Copies a temporary file's contents to a file that cannot be replaced, and removes the temporary file. */
export async function overwriteWith(temp: string, target: string): Promise<void> {
  await writeInto(target, constants.O_WRONLY | constants.O_TRUNC, createReadStream(temp));
  await rm(temp);
}

/** Opens without blocking: a FIFO without a reader would block one of the process's few I/O threads forever. */
async function openFor(path: string, flags: number) {
  const openNow = () => open(path, flags | (constants.O_NONBLOCK ?? 0));
  try {
    return await (flags & constants.O_CREAT ? withParents(path, openNow) : openNow());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENXIO") throw error;
    throw new XsysError("UNAVAILABLE", `writing failed on ${path}: the FIFO has no reader`, { cause: error });
  }
}

/** Uses a socket, which waits for the reader on the event loop; a file write would fail with EAGAIN. */
async function writeToFifo(path: string, contents: Contents, signal: AbortSignal | undefined): Promise<number> {
  const [{ openSync }, { Socket }, { pipeline }] = await Promise.all([
    import("node:fs"),
    import("node:net"),
    import("node:stream/promises"),
  ]);
  const socket = new Socket({
    fd: openSync(path, constants.O_WRONLY | constants.O_NONBLOCK),
    readable: false,
    writable: true,
  });
  await pipeline(contents, socket, signal === undefined ? {} : { signal });
  return socket.bytesWritten;
}
