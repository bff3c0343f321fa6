import type { Stats } from "node:fs";
import { readlink, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";

const MAX_LINKS = 40; // as many as Linux follows; what is left after them fails as ELOOP at its first use

/** Where a path's final symbolic links lead, even to something missing: what is replaced is that, and not the link. */
export async function throughLinks(path: string): Promise<string> {
  let current = path;
  for (let links = 0; links < MAX_LINKS; links++) {
    const target = await readlink(current).catch(() => undefined); // no link, or an error that the next call will tell
    if (target === undefined) return current;
    const next = isAbsolute(target) ? target : `${await realpath(dirname(current))}/${target}`;
    current = join(await realOrAsWritten(dirname(next)), basename(next));
  }
  return current;
}

/** `..` behind a link is the parent of what the link leads to, which a path's text does not tell. */
async function realOrAsWritten(folder: string): Promise<string> {
  return realpath(folder).catch(() => resolve(folder));
}

/** Links are followed; undefined when there is nothing. */
export async function statOrMissing(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
