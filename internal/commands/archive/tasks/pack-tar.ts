import { checkpoint, type Interrupt } from "../../../files/interrupt.ts";
import { replaceFile } from "../../../files/replace-file.ts";
import type { Report } from "../../../work/report.ts";
import { type Compression, compressor, levelOf } from "../shared/compression.ts";
import { type Bytes, counted, through } from "../shared/streams.ts";
import { gzipMembers } from "./gzip-members.ts";
import { PackedFiles } from "./packed-files.ts";
import { packingList } from "./packing-list.ts";
import { tarBlocks } from "./tar-blocks.ts";

interface Args {
  readonly dir: string;
  readonly output: string;
  readonly compression: Compression | "none";
  readonly level: number | undefined;
  readonly interrupt: Interrupt;
}

const command = "archive.tar";

/** Task: packs a folder or a file into a tar archive. */
export default async function packTar({ dir, output, compression, level, interrupt }: Args, report: Report = () => {}) {
  const compress = packer(compression, level);
  const entries = packingList(command, dir, output);
  const total = entries.reduce((sum, { kind, stats }) => sum + (kind === "file" ? stats.size : 0), 0);
  const files = new PackedFiles(command);
  let packed = 0;
  const blocks = counted(tarBlocks(entries, files, checkpoint(interrupt)), (bytes) => {
    packed = Math.min(total, packed + bytes); // the blocks also contain headers
    report({ done: packed, total, unit: "bytes" });
  });
  let written = 0;
  const contents = counted(compress(blocks), (bytes) => {
    written += bytes;
  });
  await replaceFile(output, contents);
  files.refuseShorter(output);
  return { entries: entries.length, written };
}

/** Returns the compressor. Throws for an invalid level before anything is read. */
function packer(compression: Compression | "none", level: number | undefined): (blocks: Bytes) => Bytes {
  if (compression === "none") return (blocks) => blocks;
  if (compression === "gzip") {
    const chosen = levelOf(command, compression, level);
    return (blocks) => gzipMembers(blocks, chosen);
  }
  const stream = compressor(command, compression, level);
  return (blocks) => through(blocks, stream);
}
