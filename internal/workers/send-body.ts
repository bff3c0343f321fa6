import type { Readable } from "node:stream";
import type { ByteWriter } from "../../protocol/wire/byte-stream.ts";
import type { Backlog } from "./backlog.ts";

/**
 * Sends a body to a worker as its credit allows, and pauses while the worker has too many unread bytes. Rejects if the
 * body ends prematurely.
 */
export async function sendBody(body: Readable | Uint8Array, writer: ByteWriter, backlog: Backlog): Promise<void> {
  if (body instanceof Uint8Array) return writer.write(body);
  for await (const bytes of body) {
    if (backlog.isFull) await backlog.room();
    await writer.write(bytes as Uint8Array);
  }
}
