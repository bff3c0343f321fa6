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

/**
 * Reads one chunk ahead: the next one is read while this one is sent. Each chunk has its own buffer, because the output
 * keeps it.
 */
async function* chunks(file: FileHandle, offset: number, limit: number): AsyncGenerator<Uint8Array> {
  let left = limit;
  // Without an offset no position is passed, so that devices that cannot seek can be read too.
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
    reading.catch(() => {}); // the error is thrown by the await above, unless the consumer has stopped reading
    yield buffer.subarray(0, bytesRead);
  }
}
