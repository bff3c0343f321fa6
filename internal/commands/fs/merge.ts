import { open, stat } from "node:fs/promises";
import { merge } from "../../../protocol/commands/fs-write.ts";
import { handle } from "../../base/handler.ts";
import { replaceFile } from "../../files/replace-file.ts";
import { statOrMissing } from "../../files/through-links.ts";
import { refuseIrregular } from "./shared/refuse-irregular.ts";

const BLOCK = 1_048_576;

export default handle(merge, async ({ dest, sources }, { signal }) => {
  for (const source of sources) await refuseIrregular("fs.merge", source);
  // A new file is readable only by users who may read every source.
  let mode = 0o666 & ~process.umask();
  for (const source of sources) mode &= (await stat(source)).mode;
  const isNew = (await statOrMissing(dest)) === undefined;
  await replaceFile(dest, joined(sources, signal), isNew ? { mode } : {});
  return null;
});

async function* joined(sources: readonly string[], signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (const source of sources) yield* blocksIn(source, signal);
}

/** Does not use a read stream: one that is aborted while its file is being opened never closes it. */
async function* blocksIn(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(BLOCK), 0, BLOCK, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
