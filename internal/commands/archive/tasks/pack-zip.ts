import { XsysError } from "../../../../protocol/errors.ts";
import { checkpoint, type Interrupt } from "../../../files/interrupt.ts";
import { replaceFile } from "../../../files/replace-file.ts";
import { counted } from "../shared/streams.ts";
import { PackedFiles } from "./packed-files.ts";
import { packingList } from "./packing-list.ts";
import { zipBlocks } from "./zip-blocks.ts";

interface Args {
  readonly dir: string;
  readonly output: string;
  readonly level: number;
  readonly interrupt: Interrupt;
}

const command = "archive.zip";

/** Task: packs a folder or a file into a zip archive. */
export default async function packZip({ dir, output, level, interrupt }: Args) {
  const entries = packingList(command, dir, output);
  for (const { name, path } of entries) {
    if (name.includes("\\")) {
      throw new XsysError(
        "UNSUPPORTED",
        `${command} failed on ${path}: names in a zip archive cannot contain a backslash`,
        {
          details: { path },
        },
      );
    }
  }
  const files = new PackedFiles(command);
  let written = 0;
  const contents = counted(zipBlocks(entries, { level, files, pause: checkpoint(interrupt) }), (bytes) => {
    written += bytes;
  });
  await replaceFile(output, contents);
  files.refuseShorter(output);
  return { entries: entries.length, written };
}
