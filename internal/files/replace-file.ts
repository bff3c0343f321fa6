import { constants, type Stats } from "node:fs";
import { access, type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Contents } from "./contents.ts";
import { removeLeftovers } from "./leftovers.ts";
import { blaming, tempBeside } from "./temp-path.ts";
import { statOrMissing, throughLinks } from "./through-links.ts";
import { withParents } from "./with-parents.ts";
import { overwriteWith, writeInto } from "./write-into.ts";

export interface ReplaceOptions {
  /** Mode of the file. Without it an existing file's is kept, and a new one takes the umask's. */
  readonly mode?: number;
  /** A file without write permission is replaced too: the folder's permission is enough. */
  readonly evenReadOnly?: boolean;
  /** Where the folder does not take a new file, or does not let this one be replaced, it is overwritten in place. */
  readonly orInPlace?: boolean;
  /** The new name is on disk too when the call returns. */
  readonly syncFolder?: boolean;
  /** For a FIFO whose reader stalls; elsewhere the contents themselves fail when they are no longer wanted. */
  readonly signal?: AbortSignal;
}

/**
 * Replaces a file in one step: a temporary file beside it is filled, flushed, given mode and owner, and renamed. On
 * any failure, of the contents too, it is removed and the old file is whole; what killed writers left beside it before
 * goes as well (leftovers.ts). Missing folders are made. Links are
 * written through. What is no regular file (a FIFO, /dev/null) is written to; a directory is an EISDIR.
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
    throw blaming(error, temp, target);
  });
  if (file === undefined) {
    await writeInto(target, constants.O_WRONLY | constants.O_TRUNC, contents);
    return;
  }
  try {
    await fill(file, contents, options.mode, old);
    await renameOver(temp, target, options);
  } catch (error) {
    await file.close().catch(() => {}); // closed already when the rename failed
    await rm(temp, { force: true }).catch(() => {});
    throw blaming(error, temp, target);
  }
  await removeLeftovers(dirname(target));
}

/** ENOENT is /proc, whose folders are there and take nothing. */
const DENIALS = new Set<string | undefined>(["EACCES", "EPERM", "EROFS", "ENOENT"]);
/** EBUSY is a single file that a container mounts; EPERM another user's file in a sticky folder, such as /tmp. */
const NAME_DENIALS = new Set<string | undefined>(["EBUSY", "EPERM", "EACCES"]);

/** Never wider than the file will be; 0o666 leaves a new file's mode to the umask and the folder's defaults. */
async function openTemp(temp: string, mode: number | undefined): Promise<FileHandle> {
  const narrow = mode === undefined ? 0o666 : mode & 0o700;
  return withParents(temp, () => open(temp, "wx", narrow));
}

async function fill(file: FileHandle, contents: Contents, mode: number | undefined, old: Stats | undefined) {
  for await (const chunk of contents) await file.writeFile(chunk);
  const ownerKept = old === undefined || (await keepOwner(file, old));
  // Set-user-ID and set-group-ID mean another user's rights once the owner has changed.
  const kept = old === undefined ? undefined : old.mode & (ownerKept ? 0o7777 : 0o1777);
  const final = mode ?? kept;
  if (final !== undefined) await file.chmod(final);
  await file.datasync();
  await file.close();
}

/** Whether the file belongs to whom the old one belonged to. */
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
