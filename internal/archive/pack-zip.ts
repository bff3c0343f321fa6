import { createReadStream, readlinkSync } from "node:fs";
import { PassThrough } from "node:stream";
import { ZipFile } from "yazl";
import { XsysError } from "../../protocol/errors.ts";
import { checkpoint, type Interrupt } from "../files/interrupt.ts";
import { READ_FLAGS } from "../files/open-for-reading.ts";
import { replaceFile } from "../files/replace-file.ts";
import { type PackedEntry, packingList } from "./packing-list.ts";
import { counted } from "./streams.ts";

interface Args {
  readonly dir: string;
  readonly output: string;
  readonly level: number;
  readonly interrupt: Interrupt;
}

const command = "archive.zip";

/** Task: packs a folder or a file. */
export default async function packZip({ dir, output, level, interrupt }: Args) {
  const entries = packingList(command, dir, output);
  const zip = new ZipFile();
  const contents = new PassThrough({ highWaterMark: 1_048_576 });
  zip.on("error", (error) => contents.destroy(error as Error));
  zip.outputStream.pipe(contents);
  for (const entry of entries) add(zip, entry, level);
  zip.end();
  const pause = checkpoint(interrupt);
  let written = 0;
  const checked = counted(contents, (bytes) => {
    written += bytes;
    return pause();
  });
  await replaceFile(output, checked);
  return { entries: entries.length, written };
}

function add(zip: ZipFile, { name, path, kind, stats }: PackedEntry, compressionLevel: number): void {
  if (name.includes("\\")) {
    throw new XsysError("UNSUPPORTED", `${command} failed on ${path}: a zip archive takes no backslash in a name`, {
      details: { path },
    });
  }
  const { mtime, mode } = stats;
  if (kind === "folder") zip.addEmptyDirectory(name, { mtime, mode });
  else if (kind === "link") zip.addBuffer(Buffer.from(readlinkSync(path)), name, { mtime, mode, compress: false });
  else {
    // Opened when its turn comes: a stream each from the start would be a descriptor each.
    zip.addReadStreamLazy(name, { mtime, mode, compressionLevel }, (take) => {
      const stream = createReadStream(path, { flags: READ_FLAGS as never, highWaterMark: 262_144 });
      stream.on("error", (error) => zip.emit("error", error));
      take(null, stream);
    });
  }
}
