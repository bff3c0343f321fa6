import type { Stats } from "node:fs";
import { realpath } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { XsysError } from "../../../../protocol/errors.ts";
import { statOrMissing } from "../../../files/through-links.ts";

/** Refuses to copy something onto itself or a folder into itself, also through symbolic links. */
export async function refuseOverlap(src: string, stats: Stats, dest: string, old: Stats | undefined): Promise<void> {
  if (await isSame(src, stats, old)) throw overlap(src, dest, "is the same file or folder");
  if (!stats.isDirectory()) return;
  const [outer, inner] = await Promise.all([realpath(src), realOfMissing(dest)]);
  if (inner.startsWith(outer.endsWith(sep) ? outer : outer + sep)) throw overlap(src, dest, "is inside it");
}

/** A symbolic link counts as the same as its target: copying the link onto its target would replace the target. */
async function isSame(src: string, stats: Stats, old: Stats | undefined): Promise<boolean> {
  if (old === undefined) return false;
  const followed = stats.isSymbolicLink() ? await statOrMissing(src) : stats;
  return followed?.ino === old.ino && followed.dev === old.dev;
}

async function realOfMissing(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return join(await realOfMissing(dirname(path)), basename(path));
  }
}

function overlap(src: string, dest: string, why: string): XsysError {
  return new XsysError("INVALID_PARAMS", `copying failed on ${src}: ${dest} ${why}`, { details: { path: src, dest } });
}
