import type { FileHandle } from "node:fs/promises";
import { checkpoint, type Interrupt } from "../files/interrupt.ts";

const BLOCK = 1_048_576;

/**
 * The bytes of an open file from `start` up to `end`, in blocks of 1 MiB; fewer when it has become shorter. Each block
 * is overwritten by the next.
 */
export async function* blocksOf(
  file: FileHandle,
  start: number,
  end: number,
  interrupt: Interrupt,
): AsyncGenerator<Uint8Array> {
  const pause = checkpoint(interrupt);
  const block = Buffer.allocUnsafe(Math.min(BLOCK, Math.max(1, end - start)));
  for (let at = start; at < end; ) {
    await pause();
    const { bytesRead } = await file.read(block, 0, Math.min(block.length, end - at), at);
    if (bytesRead === 0) return;
    yield block.subarray(0, bytesRead);
    at += bytesRead;
  }
}
