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

/** Task: overwrites a regular file with random bytes, each pass on disk before the next, and removes it with its name. */
export default async function shredFile({ path, passes, interrupt }: ShredArgs): Promise<void> {
  const pause = checkpoint(interrupt);
  const file = openSync(path, O_WRONLY | O_NOFOLLOW);
  try {
    const block = Buffer.allocUnsafe(Math.max(1, Math.min(BLOCK, fstatSync(file).size)));
    for (let pass = 0; pass < passes; pass++) {
      // Up to its end as that is by then: a file that is written to meanwhile is overwritten whole, too.
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
