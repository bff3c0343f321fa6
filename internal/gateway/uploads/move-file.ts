import { randomUUID } from "node:crypto";
import { copyFile, link, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../../files/make-folder.ts";
import { splitName } from "./safe-name.ts";

/** Number of names such as `photo-1.png` that are tried before one with a UUID. */
const NUMBERED = 9;

/**
 * Moves a file into a folder, which is created if missing, under the first free name: `photo.png`, `photo-1.png` to
 * `photo-9.png`, then one with a UUID. Returns the name. Existing files are never replaced: the name is claimed by a
 * hard link, or across file systems by creating the file exclusively. The name must leave room for a UUID (see
 * safeName).
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
  throw new Error(`no free name for ${name} in ${folder}`);
}

function* candidates(name: string): Generator<string> {
  yield name;
  const [stem, ending] = splitName(name);
  for (let number = 1; number <= NUMBERED; number++) yield `${stem}-${number}${ending}`;
  yield `${stem}-${randomUUID()}${ending}`;
}

/** Error codes for file systems without hard links, or with too many links to a file. */
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
  await (await open(to, "wx")).close(); // created by us, so it may be overwritten and removed
  try {
    await copyFile(from, to);
  } catch (error) {
    await rm(to, { force: true }).catch(() => {});
    throw error;
  }
}
