import type { Stats } from "node:fs";
import { readlink, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";

const MAX_LINKS = 40; // the limit of Linux; a longer chain fails with ELOOP when it is used

/** Resolves a path's final symbolic links, even to a missing target. Used to replace the target instead of the link. */
export async function throughLinks(path: string): Promise<string> {
  let current = path;
  for (let links = 0; links < MAX_LINKS; links++) {
    // Fails if it is not a symbolic link, or with an error that the next call will raise.
    const target = await readlink(current).catch(() => undefined);
    if (target === undefined) return current;
    const next = isAbsolute(target) ? target : `${await realpath(dirname(current))}/${target}`;
    current = join(await realOrAsWritten(dirname(next)), basename(next));
  }
  return current;
}

/** `..` after a symbolic link is the parent of the link's target, which cannot be derived from the path's text. */
async function realOrAsWritten(folder: string): Promise<string> {
  return realpath(folder).catch(() => resolve(folder));
}

/** Follows symbolic links. Returns undefined when nothing exists. */
export async function statOrMissing(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
