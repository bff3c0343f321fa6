import type { FileHandle } from "node:fs/promises";

/** Reads `length` bytes from a position, or fewer at the end of the file. */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  for (let read = -1; read !== 0 && filled < length; filled += read) {
    ({ bytesRead: read } = await file.read(buffer, filled, length - filled, position + filled));
  }
  return buffer.subarray(0, filled);
}
