import { checkpoint, type Interrupt } from "../files/interrupt.ts";
import { replaceFile } from "../files/replace-file.ts";
import { type Compression, compressor } from "./compression.ts";
import { packingList } from "./packing-list.ts";
import { counted, through } from "./streams.ts";
import { tarBlocks } from "./tar-blocks.ts";

interface Args {
  readonly dir: string;
  readonly output: string;
  readonly compression: Compression | "none";
  readonly level: number | undefined;
  readonly interrupt: Interrupt;
}

const command = "archive.tar";

/** Task: packs a folder or a file. */
export default async function packTar({ dir, output, compression, level, interrupt }: Args) {
  const stream = compression === "none" ? undefined : compressor(command, compression, level);
  const entries = packingList(command, dir, output);
  const blocks = tarBlocks(entries, checkpoint(interrupt));
  let written = 0;
  const contents = counted(stream === undefined ? blocks : through(blocks, stream), (bytes) => {
    written += bytes;
  });
  await replaceFile(output, contents);
  return { entries: entries.length, written };
}
