import type { FileHandle } from "node:fs/promises";
import { checkpoint, type Interrupt } from "../../../files/interrupt.ts";

const BLOCK = 1_048_576;

/** Reads an open file from `start` to its end in blocks of 1 MiB. Each block is valid until the next one is read. */
export async function* blocksOf(file: FileHandle, start: number, interrupt: Interrupt): AsyncGenerator<Uint8Array> {
  const pause = checkpoint(interrupt);
  const block = Buffer.allocUnsafe(BLOCK);
  for (let at = start; ; ) {
    await pause();
    const { bytesRead } = await file.read(block, 0, BLOCK, at);
    if (bytesRead === 0) return;
    yield block.subarray(0, bytesRead);
    at += bytesRead;
  }
}
