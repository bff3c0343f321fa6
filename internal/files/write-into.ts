import { constants, createReadStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { XsysError } from "../../protocol/errors.ts";
import type { Contents } from "./contents.ts";
import { withParents } from "./with-parents.ts";

/**
 * Writes into what is there, without replacing it, and gives the bytes written. Missing folders are made when `flags`
 * ask for a file to be created. The signal is for a FIFO whose reader stalls: then the contents are not asked for more.
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

/** Moves a temporary file's contents into a file that cannot be replaced. */
export async function overwriteWith(temp: string, target: string): Promise<void> {
  await writeInto(target, constants.O_WRONLY | constants.O_TRUNC, createReadStream(temp));
  await rm(temp);
}

/** Opens without waiting: a FIFO that nobody reads would hold one of the process's few I/O threads for good. */
async function openFor(path: string, flags: number) {
  const openNow = () => open(path, flags | (constants.O_NONBLOCK ?? 0));
  try {
    return await (flags & constants.O_CREAT ? withParents(path, openNow) : openNow());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENXIO") throw error;
    throw new XsysError("UNAVAILABLE", `writing failed on ${path}: nobody reads from it`, { cause: error });
  }
}

/** A socket waits for the reader on the event loop, where a file's write would fail with EAGAIN. */
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
