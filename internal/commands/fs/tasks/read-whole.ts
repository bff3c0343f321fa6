import { closeSync, fstatSync, readSync } from "node:fs";
import { XsysError } from "../../../../protocol/errors.ts";
import { openForReadingSync } from "../../../files/open-for-reading.ts";

interface Args {
  readonly command: string;
  readonly path: string;
  readonly encoding: "utf8" | "hex";
  /** Bytes per read; unlimited by default. */
  readonly chunkSize?: number;
  /** Maximum size of the text in bytes. */
  readonly maxResult: number;
}

/**
 * Task: returns a file's contents as text. Reads to the end instead of relying on the size: files in /proc report size
 * 0, and other files may grow meanwhile.
 */
export default function readWhole({ command, path, encoding, chunkSize, maxResult }: Args): string {
  const limit = encoding === "hex" ? Math.floor(maxResult / 2) : maxResult;
  const fd = openForReadingSync(path, command);
  try {
    const { size } = fstatSync(fd);
    if (size > limit) throw tooLarge(command, path, limit, size);
    let contents = Buffer.allocUnsafe(Math.min(Math.max(size, SMALLEST), limit) + 1);
    let length = 0;
    for (;;) {
      const got = readSync(fd, contents, length, Math.min(chunkSize ?? Infinity, contents.length - length), null);
      if (got === 0) return contents.toString(encoding, 0, length);
      length += got;
      if (length > limit) throw tooLarge(command, path, limit);
      if (length === contents.length) contents = grown(contents, limit);
    }
  } finally {
    closeSync(fd);
  }
}

/** Most files in /proc fit in this size. */
const SMALLEST = 4_096;

/** Doubles the buffer, up to one byte over the limit, which is enough to detect a file that is too large. */
function grown(contents: Buffer, limit: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(Math.min(contents.length * 2, limit + 1));
  contents.copy(larger);
  return larger;
}

function tooLarge(command: string, path: string, limit: number, size?: number): XsysError {
  const has = size === undefined ? `more than ${limit} bytes` : `${size} bytes`;
  return new XsysError(
    "TOO_LARGE",
    `${command} failed on ${path}: it has ${has}, but the limit for an answer is ${limit}; use fs.cat to stream it`,
    {
      details: { path, limit, ...(size !== undefined && { size }) },
    },
  );
}
