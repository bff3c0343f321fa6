import type { Readable } from "node:stream";
import type { ByteWriter } from "../../protocol/wire/byte-stream.ts";
import type { Backlog } from "./backlog.ts";

/** Gives a body on as its reader takes it, and while the worker has not too much else to read. Rejects when it breaks off. */
export async function sendBody(body: Readable | Uint8Array, writer: ByteWriter, backlog: Backlog): Promise<void> {
  if (body instanceof Uint8Array) return writer.write(body);
  for await (const bytes of body) {
    if (backlog.isFull) await backlog.room();
    await writer.write(bytes as Uint8Array);
  }
}
