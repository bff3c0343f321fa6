import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { XsysError } from "../../../../protocol/errors.ts";

export interface ReplaceArgs {
  readonly path: string;
  readonly search: string;
  readonly replace: string;
  /** Bytes that the file may have, before and after. */
  readonly limit: number;
}

export interface Replaced {
  readonly replacements: number;
  /** What the file is to hold; absent when that is what it holds already. */
  readonly contents?: Uint8Array;
}

/** The size is looked at first, and counts as little as it tells: the file may hold more, or become longer meanwhile. */
export function readWithin({ path, limit }: ReplaceArgs): Buffer {
  const fd = openSync(path, "r");
  try {
    const { size } = fstatSync(fd);
    checkSize(path, size, limit);
    const blocks: Buffer[] = [];
    for (let total = 0; ; ) {
      const block = Buffer.allocUnsafe(Math.max(BLOCK, size - total));
      const read = readSync(fd, block);
      if (read === 0) return Buffer.concat(blocks);
      total += read;
      checkSize(path, total, limit);
      blocks.push(block.subarray(0, read));
    }
  } finally {
    closeSync(fd);
  }
}

const BLOCK = 65_536;

export function checkSize(path: string, bytes: number, limit: number): void {
  if (bytes <= limit) return;
  throw new XsysError("TOO_LARGE", `fs.patch failed on ${path}: ${bytes} bytes are more than ${limit}`, {
    details: { path, bytes, limit },
  });
}
