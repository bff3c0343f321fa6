import { constants, createReadStream, lstatSync, mkdirSync, renameSync, rmSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { XsysError } from "../../protocol/errors.ts";
import { copyEntryOver, type Keep, noCopyOf } from "./copy-entry.ts";
import { copyFolder, refuseSpecial } from "./copy-folder.ts";
import type { Interrupt } from "./interrupt.ts";
import { refuseOverlap } from "./overlap.ts";
import { blaming, tempBeside } from "./temp-path.ts";
import { statOrMissing, throughLinks } from "./through-links.ts";
import { writeInto } from "./write-into.ts";

/**
 * Task: copies a file, a link or a whole tree. A file is replaced in one step; a tree appears at `dest` in one step,
 * and nothing of it is left when it fails; into a folder that exists it is merged, file by file.
 */
export default async function copyTree(args: {
  readonly src: string;
  readonly dest: string;
  readonly keep: Keep;
  readonly interrupt: Interrupt;
}): Promise<void> {
  const { src, keep } = args;
  const stats = lstatSync(src);
  const old = await statOrMissing(args.dest);
  await refuseOverlap(src, stats, args.dest, old);
  const dest = await throughLinks(args.dest);
  mkdirSync(dirname(dest), { recursive: true });
  if (stats.isDirectory()) return copyWhole(src, dest, old, args);
  if (old?.isDirectory()) {
    throw new XsysError("IS_A_DIRECTORY", `copying failed on ${src}: ${dest} is a directory`, {
      details: { path: dest },
    });
  }
  if (!stats.isFile() && !stats.isSymbolicLink()) throw noCopyOf(src);
  if (old === undefined || old.isFile()) copyEntryOver(src, stats, dest, keep);
  else await writeInto(dest, constants.O_WRONLY, createReadStream(src)); // /dev/null stays what it is
}

async function copyWhole(
  src: string,
  dest: string,
  old: Stats | undefined,
  { keep, interrupt }: { keep: Keep; interrupt: Interrupt },
): Promise<void> {
  const options = { keep, skipSame: false, interrupt };
  if (old !== undefined) {
    refuseSpecial(src);
    await copyFolder(src, dest, options);
    return;
  }
  const temp = tempBeside(dest);
  try {
    await copyFolder(src, temp, options);
    renameSync(temp, dest);
  } catch (error) {
    rmSync(temp, { recursive: true, force: true });
    throw blaming(error, temp, dest);
  }
}
