import type { FileHandle } from "node:fs/promises";
import { cat } from "../../../protocol/commands/fs-read.ts";
import { handle } from "../../base/handler.ts";
import { openForReading } from "../../files/open-for-reading.ts";

const CHUNK = 262_144;

export default handle(cat, async ({ path, offset, limit }, { output, signal }) => {
  const file = await openForReading(path, "fs.cat");
  try {
    let sent = 0;
    for await (const chunk of chunks(file, offset, limit === 0 ? Infinity : limit)) {
      signal.throwIfAborted();
      await output.write(chunk);
      sent += chunk.length;
    }
    return { bytes: sent };
  } finally {
    await file.close();
  }
});

/** Each chunk in a buffer of its own, for the output keeps it; the next one is read while this one is sent. */
async function* chunks(file: FileHandle, offset: number, limit: number): AsyncGenerator<Uint8Array> {
  let left = limit;
  // From the start there is no position to give, which is how a device without positions can be read, too.
  let position = offset === 0 ? null : offset;
  const readNext = () => file.read(Buffer.allocUnsafeSlow(CHUNK), 0, Math.min(CHUNK, left), position);
  let reading = readNext();
  for (;;) {
    const { bytesRead, buffer } = await reading;
    if (bytesRead === 0) return;
    left -= bytesRead;
    if (position !== null) position += bytesRead;
    if (left === 0) return yield buffer.subarray(0, bytesRead);
    reading = readNext();
    reading.catch(() => {}); // seen when it is awaited, unless the caller has given up by then
    yield buffer.subarray(0, bytesRead);
  }
}
