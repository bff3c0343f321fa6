import { createHash, hash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { READ_FLAGS } from "../../../files/open-for-reading.ts";
import { type ExactPath, isGone } from "../../../files/walk.ts";

interface SizedFile {
  readonly path: ExactPath;
  /** Size in bytes when the file was listed. */
  readonly size: number;
}

/** Comparing this many bytes distinguishes most files of the same size. */
export const START = 16_384;

const buffer = Buffer.allocUnsafe(1_048_576);

/** Digest of the first START bytes of a longer file. Undefined when the file has vanished or become shorter. */
export function digestOfStart({ path }: SizedFile): string | undefined {
  return withOpen(path, (fd) => {
    return readSync(fd, buffer, 0, START, 0) === START ? hash("sha256", buffer.subarray(0, START)) : undefined;
  });
}

/**
 * SHA-256 in lower-case hex. Undefined when the file has vanished or its size has changed. `onBytes` receives the
 * number of bytes read so far.
 */
export function digestOfWhole({ path, size }: SizedFile, onBytes: (bytes: number) => void): string | undefined {
  return withOpen(path, (fd) => {
    const first = readSync(fd, buffer, 0, buffer.length, null);
    // A short read at the expected size is the end; no second read is needed.
    if (first === size && first < buffer.length) return hash("sha256", buffer.subarray(0, first));
    const digest = createHash("sha256");
    let total = 0;
    for (let got = first; got > 0; got = readSync(fd, buffer, 0, buffer.length, null)) {
      digest.update(buffer.subarray(0, got));
      total += got;
      onBytes(total);
    }
    return total === size ? digest.digest("hex") : undefined;
  });
}

function withOpen<T>(path: ExactPath, work: (fd: number) => T): T | undefined {
  let fd: number;
  try {
    fd = openSync(path, READ_FLAGS);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}
