import { randomFillSync } from "node:crypto";
import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { checkpoint, type Interrupt } from "../../../files/interrupt.ts";
import { tempBeside } from "../../../files/temp-path.ts";

const BLOCK = 1_048_576;
const { O_NOFOLLOW = 0, O_WRONLY } = constants;

/**
 * Task: overwrites a regular file with random bytes, syncs each pass to disk before the next, renames the file and
 * removes it.
 */
export default async function shredFile({ path, passes, interrupt }: ShredArgs): Promise<void> {
  const pause = checkpoint(interrupt);
  const file = openSync(path, O_WRONLY | O_NOFOLLOW);
  try {
    const block = Buffer.allocUnsafe(Math.max(1, Math.min(BLOCK, fstatSync(file).size)));
    for (let pass = 0; pass < passes; pass++) {
      // Re-reads the size: a file that grows during the pass is overwritten to its new end.
      for (let [at, size] = [0, fstatSync(file).size]; at < size; size = Math.max(size, fstatSync(file).size)) {
        await pause();
        randomFillSync(block);
        at += writeSync(file, block, 0, Math.min(block.length, size - at), at);
      }
      fdatasyncSync(file);
    }
    ftruncateSync(file, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  const nameless = tempBeside(path);
  renameSync(path, nameless);
  unlinkSync(nameless);
}

interface ShredArgs {
  readonly path: string;
  readonly passes: number;
  readonly interrupt: Interrupt;
}
