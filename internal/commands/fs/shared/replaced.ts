import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { XsysError } from "../../../../protocol/errors.ts";

export interface ReplaceArgs {
  readonly path: string;
  readonly search: string;
  readonly replace: string;
  /** Maximum size of the file in bytes, before and after the replacement. */
  readonly limit: number;
}

export interface Replaced {
  readonly replacements: number;
  /** New contents of the file; absent when nothing changes. */
  readonly contents?: Uint8Array;
}

/**
 * Reads the whole file, up to the limit. The size is checked first, but reading also continues to the end: the file may
 * hold more than it reports, or grow meanwhile.
 */
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
  throw new XsysError("TOO_LARGE", `fs.patch failed on ${path}: ${bytes} bytes exceed the limit of ${limit}`, {
    details: { path, bytes, limit },
  });
}
