import { randomUUID } from "node:crypto";
import { copyFile, link, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../../files/make-folder.ts";
import { splitName } from "./safe-name.ts";

/** Names `photo-1.png` and so on that are tried before one that nobody has. */
const NUMBERED = 9;

/**
 * Moves a file into a folder, which is made where it is missing, under a name that is free there: `photo.png`,
 * `photo-1.png` to `photo-9.png`, then one with a random part. Gives the name. What is there is never replaced: the
 * name is taken by a link, or between file systems by a new file for a copy, and both are made only where nothing is.
 * The name must leave room for an id (see safeName).
 */
export async function moveFile(from: string, folder: string, name: string): Promise<string> {
  makeFolder(folder, 0o755);
  for (const candidate of candidates(name)) {
    try {
      await linkOrCopy(from, join(folder, candidate));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw error;
    }
    await rm(from, { force: true });
    return candidate;
  }
  throw new Error(`no name is free for ${name} in ${folder}`);
}

function* candidates(name: string): Generator<string> {
  yield name;
  const [stem, ending] = splitName(name);
  for (let number = 1; number <= NUMBERED; number++) yield `${stem}-${number}${ending}`;
  yield `${stem}-${randomUUID()}${ending}`;
}

/** File systems without hard links, or with too many of one file, tell it so. */
const NO_LINK = new Set<string | undefined>(["EXDEV", "EPERM", "EACCES", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!NO_LINK.has((error as NodeJS.ErrnoException).code)) throw error;
    await copyNew(from, to);
  }
}

async function copyNew(from: string, to: string): Promise<void> {
  await (await open(to, "wx")).close(); // from here on it is ours to overwrite, and to remove
  try {
    await copyFile(from, to);
  } catch (error) {
    await rm(to, { force: true }).catch(() => {});
    throw error;
  }
}
