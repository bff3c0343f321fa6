import { checkpoint, type Interrupt } from "../files/interrupt.ts";
import { replaceFile } from "../files/replace-file.ts";
import type { Report } from "../work/report.ts";
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
export default async function packTar({ dir, output, compression, level, interrupt }: Args, report: Report = () => {}) {
  const stream = compression === "none" ? undefined : compressor(command, compression, level);
  const entries = packingList(command, dir, output);
  const total = entries.reduce((sum, { kind, stats }) => sum + (kind === "file" ? stats.size : 0), 0);
  let packed = 0;
  const blocks = counted(tarBlocks(entries, checkpoint(interrupt)), (bytes) => {
    packed = Math.min(total, packed + bytes); // headers are in it, too
    report({ done: packed, total, unit: "bytes" });
  });
  let written = 0;
  const contents = counted(stream === undefined ? blocks : through(blocks, stream), (bytes) => {
    written += bytes;
  });
  await replaceFile(output, contents);
  return { entries: entries.length, written };
}
