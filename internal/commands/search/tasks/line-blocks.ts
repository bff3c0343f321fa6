import { readSync } from "node:fs";

export interface LineBlock {
  /** Complete lines; valid until the next block is requested. */
  readonly bytes: Buffer;
  readonly isFirst: boolean;
  /** The last block. Its last line may have no line ending. */
  readonly isLast: boolean;
}

const BLOCK = 1_048_576;
const MAX_LINE = 67_108_864;

/** Shared by all files of a thread: allocating 1 MiB for each of 50,000 files costs more than reading them. */
let buffer = Buffer.allocUnsafeSlow(BLOCK);

/** Reads an open file in blocks of complete lines. A line longer than 64 MiB is split. */
export function* lineBlocks(fd: number): Generator<LineBlock> {
  let held = 0;
  for (let isFirst = true; ; ) {
    const filled = fill(fd, held);
    if (filled < buffer.length) {
      if (filled > 0) yield { bytes: buffer.subarray(0, filled), isFirst, isLast: true };
      break;
    }
    const end = buffer.lastIndexOf(10) + 1 || (filled >= MAX_LINE ? filled : 0);
    if (end > 0) {
      yield { bytes: buffer.subarray(0, end), isFirst, isLast: false };
      isFirst = false;
      buffer.copyWithin(0, end, filled);
    } else {
      buffer = Buffer.concat([buffer], buffer.length * 2);
    }
    held = filled - end;
  }
  if (buffer.length > BLOCK) buffer = Buffer.allocUnsafeSlow(BLOCK);
}

/**
 * Reads until the buffer is full or the file ends, and returns the number of bytes in the buffer. Only an empty read is
 * the end, because files in /proc return short reads before it. For 50,000 small files this takes 400 ms, 370 ms of it
 * in the kernel: 150 to open, 130 for these two reads per file, 75 to close, 65 to list folders (ripgrep: 350 ms in
 * total).
 */
function fill(fd: number, from: number): number {
  for (let filled = from; ; ) {
    const read = readSync(fd, buffer, filled, buffer.length - filled, null);
    filled += read;
    if (read === 0 || filled === buffer.length) return filled;
  }
}
