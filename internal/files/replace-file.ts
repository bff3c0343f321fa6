import { constants, type Stats } from "node:fs";
import { access, type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Contents } from "./contents.ts";
import { removeLeftovers } from "./leftovers.ts";
import { tempBeside, withRequestedPath } from "./temp-path.ts";
import { statOrMissing, throughLinks } from "./through-links.ts";
import { withParents } from "./with-parents.ts";
import { overwriteWith, writeInto } from "./write-into.ts";

export interface ReplaceOptions {
  /** Mode of the file. By default an existing file's mode is kept, and a new file gets the mode of the umask. */
  readonly mode?: number;
  /** Also replace a file without write permission: write permission for the folder is enough. */
  readonly evenReadOnly?: boolean;
  /** Overwrite the file in place if the folder does not allow creating or replacing files. */
  readonly orInPlace?: boolean;
  /** Also sync the folder, so that the new name is on disk when the call returns. */
  readonly syncFolder?: boolean;
  /** Aborts writing to a FIFO whose reader stalls. In all other cases the contents themselves must fail on abort. */
  readonly signal?: AbortSignal;
}

/**
 * Replaces a file atomically: writes a temporary file beside it, flushes it, sets mode and owner, and renames it. On
 * any failure, including one of the contents, the temporary file is removed and the old file is unchanged. Temporary
 * files of killed processes in the same folder are removed too (leftovers.ts). Missing folders are created. Symbolic
 * links are followed. Anything but a regular file (a FIFO, /dev/null) is written to; a directory raises EISDIR.
 */
export async function replaceFile(path: string, contents: Contents, options: ReplaceOptions = {}): Promise<void> {
  const old = await statOrMissing(path);
  if (old !== undefined && !old.isFile()) {
    await writeInto(path, constants.O_WRONLY, contents, options.signal);
    return;
  }
  if (old !== undefined && !options.evenReadOnly) await access(path, constants.W_OK);
  const target = await throughLinks(path);
  const temp = tempBeside(target);
  const file = await openTemp(temp, options.mode ?? old?.mode).catch((error: NodeJS.ErrnoException) => {
    if (options.orInPlace && old !== undefined && DENIALS.has(error.code)) return undefined;
    throw withRequestedPath(error, temp, target);
  });
  if (file === undefined) {
    await writeInto(target, constants.O_WRONLY | constants.O_TRUNC, contents);
    return;
  }
  try {
    await fill(file, contents, options.mode, old);
    await renameOver(temp, target, options);
  } catch (error) {
    await file.close().catch(() => {}); // already closed if the rename failed
    await rm(temp, { force: true }).catch(() => {});
    throw withRequestedPath(error, temp, target);
  }
  await removeLeftovers(dirname(target));
}

/** ENOENT: folders in /proc exist but do not allow creating files. */
const DENIALS = new Set<string | undefined>(["EACCES", "EPERM", "EROFS", "ENOENT"]);
/** EBUSY: a single file mounted into a container. EPERM: another user's file in a sticky folder such as /tmp. */
const NAME_DENIALS = new Set<string | undefined>(["EBUSY", "EPERM", "EACCES"]);

/**
 * Opens the temporary file with no more permissions than the final mode. 0o666 applies the umask and the folder's
 * defaults to a new file.
 */
async function openTemp(temp: string, mode: number | undefined): Promise<FileHandle> {
  const narrow = mode === undefined ? 0o666 : mode & 0o700;
  return withParents(temp, () => open(temp, "wx", narrow));
}

async function fill(file: FileHandle, contents: Contents, mode: number | undefined, old: Stats | undefined) {
  for await (const chunk of contents) await file.writeFile(chunk);
  const ownerKept = old === undefined || (await keepOwner(file, old));
  // Once the owner has changed, set-user-ID and set-group-ID would grant another user's rights.
  const kept = old === undefined ? undefined : old.mode & (ownerKept ? 0o7777 : 0o1777);
  const final = mode ?? kept;
  if (final !== undefined) await file.chmod(final);
  await file.datasync();
  await file.close();
}

/** Returns whether the file has the owner and group of the old one. */
async function keepOwner(file: FileHandle, { uid, gid }: Stats): Promise<boolean> {
  const now = await file.stat();
  if (now.uid === uid && now.gid === gid) return true;
  return file.chown(uid, gid).then(
    () => true,
    () => false,
  );
}

async function renameOver(temp: string, target: string, { orInPlace, syncFolder }: ReplaceOptions): Promise<void> {
  try {
    await rename(temp, target);
  } catch (error) {
    if (!orInPlace || !NAME_DENIALS.has((error as NodeJS.ErrnoException).code)) throw error;
    await overwriteWith(temp, target);
  }
  if (syncFolder && process.platform !== "win32") await syncEntries(dirname(target));
}

async function syncEntries(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
