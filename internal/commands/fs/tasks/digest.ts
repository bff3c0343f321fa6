import { createHash, hash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { READ_FLAGS } from "../../../files/open-for-reading.ts";
import { type ExactPath, isGone } from "../../../files/walk.ts";

interface SizedFile {
  readonly path: ExactPath;
  /** Bytes it had when it was listed. */
  readonly size: number;
}

/** Bytes that tell most files of one size apart. */
export const START = 16_384;

const buffer = Buffer.allocUnsafe(1_048_576);

/** Digest of the first bytes of a file longer than them; undefined when it has vanished or became shorter. */
export function digestOfStart({ path }: SizedFile): string | undefined {
  return withOpen(path, (fd) => {
    return readSync(fd, buffer, 0, START, 0) === START ? hash("sha256", buffer.subarray(0, START)) : undefined;
  });
}

/** SHA-256 as lower-case hex; undefined when the file has vanished or has another size by now. `told` as it is read. */
export function digestOfWhole({ path, size }: SizedFile, told: (bytes: number) => void): string | undefined {
  return withOpen(path, (fd) => {
    const first = readSync(fd, buffer, 0, buffer.length, null);
    // There was room for more and no more came: no second read is needed to see the end.
    if (first === size && first < buffer.length) return hash("sha256", buffer.subarray(0, first));
    const digest = createHash("sha256");
    let total = 0;
    for (let got = first; got > 0; got = readSync(fd, buffer, 0, buffer.length, null)) {
      digest.update(buffer.subarray(0, got));
      total += got;
      told(total);
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
