import { ftruncateSync, readSync, writeSync } from "node:fs";

/** Hooks for long-running work. */
export interface Pace {
  /** Yields to the event loop from time to time. Throws when the work has been cancelled. */
  readonly pause: () => Promise<void> | undefined;
  /** Receives the number of bytes copied so far. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

interface Options {
  /** Size of the source as reported by stat. */
  readonly size: number;
  readonly hasHoles: boolean;
  readonly pace: Pace;
}

/** The fastest of 128 KiB, 256 KiB and 1 MiB, and small enough for several threads to share the cache. */
const BLOCK = 262_144;
/** The usual block size of file systems; holes are no smaller. */
const PAGE = 4_096;

let room: Buffer | undefined;
let zeros: Buffer | undefined;

/**
 * Copies a file into an empty one and returns the number of bytes. Reads until the end of the file, even if its size
 * changes meanwhile. In a file with holes, blocks of zeros are not written: Node cannot query the holes themselves
 * (SEEK_HOLE of lseek(2)).
 */
export async function copyBlocks(from: number, to: number, { size, hasHoles, pace }: Options): Promise<number> {
  // Another copy may run in this thread while this one yields, so it takes the shared buffer for itself.
  const buffer = room ?? Buffer.allocUnsafeSlow(BLOCK);
  room = undefined;
  let [total, written] = [0, 0];
  try {
    for (;;) {
      const wait = pace.pause();
      if (wait !== undefined) await wait;
      const read = readSync(from, buffer, 0, BLOCK, null);
      if (read === 0) break;
      if (hasHoles) written = writeParts(to, buffer.subarray(0, read), total) ?? written;
      else written = writeAt(to, buffer.subarray(0, read), total);
      total += read;
      pace.onBytes?.(total);
      if (total === size && read < BLOCK) break; // a short read at the expected size is the end
    }
  } finally {
    room = buffer;
  }
  if (total > written) ftruncateSync(to, total);
  return total;
}

/** Writes the pages that are not all zeros. Returns the end of the last one, or undefined if there are none. */
function writeParts(to: number, bytes: Buffer, position: number): number | undefined {
  zeros ??= Buffer.alloc(BLOCK);
  if (bytes.equals(zeros.subarray(0, bytes.length))) return undefined;
  let [start, end] = [-1, undefined as number | undefined];
  for (let at = 0; at < bytes.length; at += PAGE) {
    const page = bytes.subarray(at, at + PAGE);
    const isHole = page.equals(zeros.subarray(0, page.length));
    if (!isHole && start === -1) start = at;
    if (!isHole || start === -1) continue;
    end = writeAt(to, bytes.subarray(start, at), position + start);
    start = -1;
  }
  return start === -1 ? end : writeAt(to, bytes.subarray(start), position + start);
}

function writeAt(to: number, bytes: Uint8Array, position: number): number {
  for (let at = 0; at < bytes.length; ) at += writeSync(to, bytes, at, bytes.length - at, position + at);
  return position + bytes.length;
}
