import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { XsysError } from "../../protocol/errors.ts";
import { noCopyOf } from "./copy-entry.ts";
import { type CopyTally, copyFolder, refuseSpecial, updateEntry } from "./copy-folder.ts";
import type { Interrupt } from "./interrupt.ts";
import { refuseOverlap } from "./overlap.ts";
import { statOrMissing, throughLinks } from "./through-links.ts";

/** Task: brings `dest` up to date with a folder or file. Each file is replaced in one step; nothing is removed. */
export default async function syncTree({ src, dest, interrupt }: SyncArgs): Promise<CopyTally> {
  const options = { keep: { times: true, owner: false }, skipSame: true, interrupt };
  const stats = statSync(src);
  const old = await statOrMissing(dest);
  await refuseOverlap(src, stats, dest, old);
  if (old !== undefined && old.isDirectory() !== stats.isDirectory()) {
    const [code, what] = stats.isDirectory()
      ? (["NOT_A_DIRECTORY", "no"] as const)
      : (["IS_A_DIRECTORY", "a"] as const);
    throw new XsysError(code, `fs.sync failed on ${src}: ${dest} is ${what} directory`, { details: { path: dest } });
  }
  if (!stats.isDirectory() && !stats.isFile()) throw noCopyOf(src);
  if (stats.isDirectory()) refuseSpecial(src);
  const target = await throughLinks(dest);
  mkdirSync(dirname(target), { recursive: true });
  if (stats.isDirectory()) return copyFolder(src, target, options);
  const tally: CopyTally = { copied: 0, skipped: 0, bytes: 0 };
  updateEntry(await throughLinks(src), stats, target, options, tally);
  return tally;
}

interface SyncArgs {
  readonly src: string;
  readonly dest: string;
  readonly interrupt: Interrupt;
}
