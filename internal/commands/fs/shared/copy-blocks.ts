import { ftruncateSync, readSync, writeSync } from "node:fs";

/** How work that takes long is to go on. */
export interface Pace {
  /** Gives way to the event loop now and then, and throws when the work is not wanted any more. */
  readonly pause: () => Promise<void> | undefined;
  /** Takes how many bytes are done. */
  readonly told?: ((bytes: number) => void) | undefined;
}

interface Options {
  /** Bytes that the source is told to have. */
  readonly size: number;
  readonly hasHoles: boolean;
  readonly pace: Pace;
}

/** Of 128 KiB, 256 KiB and 1 MiB the quickest, and what several threads share the cache with. */
const BLOCK = 262_144;
/** What file systems have as their block, mostly: a hole is no smaller. */
const PAGE = 4_096;

let room: Buffer | undefined;
let zeros: Buffer | undefined;

/**
 * Copies a file up to its end, wherever that is by then, into an empty one, and gives the bytes. Where there are holes,
 * blocks of zeros are left out; Node cannot ask where the holes are (SEEK_HOLE of lseek(2)).
 */
export async function copyBlocks(from: number, to: number, { size, hasHoles, pace }: Options): Promise<number> {
  // Another copy may run in this thread while this one gives way.
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
      pace.told?.(total);
      if (total === size && read < BLOCK) break; // there was room for more and no more came
    }
  } finally {
    room = buffer;
  }
  if (total > written) ftruncateSync(to, total);
  return total;
}

/** Writes what is not zero, and gives where that ends; undefined when all is. */
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
