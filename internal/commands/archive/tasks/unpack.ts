import { lstatSync, mkdirSync, realpathSync, renameSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { XsysError } from "../../../../protocol/errors.ts";
import { checkpoint } from "../../../files/interrupt.ts";
import { makeFolder } from "../../../files/make-folder.ts";
import { tempBeside, withRequestedPath } from "../../../files/temp-path.ts";
import type { ArchiveEntry, ReadArchive, UnpackArgs, Unpacked } from "./archive-entry.ts";
import { Extraction } from "./extraction.ts";
import { type Kind, Layout } from "./layout.ts";
import { refuseObstacles } from "./refuse-obstacles.ts";
import { finishFolders, type Settlement, settle } from "./settle.ts";

/**
 * Unpacks an archive completely, or changes nothing. It is read twice: first to check that every entry may be written,
 * then to write the entries to a new folder, from which they are moved to their places.
 */
export async function unpack(command: string, read: ReadArchive, args: UnpackArgs): Promise<Unpacked> {
  const { archive } = args;
  const layout = new Layout(command, archive, args);
  await read((entry) => void layout.admit(entry));
  const stats = statSync(args.dest, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isDirectory()) {
    throw new XsysError("NOT_A_DIRECTORY", `${command} failed on ${args.dest}: it is not a folder`, {
      details: { path: args.dest },
    });
  }
  const dest = stats === undefined ? args.dest : realpathSync(args.dest);
  if (stats !== undefined) refuseObstacles(command, dest, layout.kinds);
  const made = stats === undefined ? makeFolder(dirname(dest)) : undefined;
  const work = tempBeside(stats === undefined ? dest : join(dest, "_"));
  try {
    mkdirSync(join(work, "old"), { recursive: true, mode: 0o700 });
    const fresh = join(work, "fresh");
    mkdirSync(fresh);
    const folders = await extract(read, new Layout(command, archive, args), new Extraction(fresh));
    const pause = checkpoint(args.interrupt);
    await pause();
    if (stats === undefined && tryRename(fresh, dest)) finishFolders(dest, [...folders]);
    else await settleWithRetries(command, layout.kinds, { fresh, old: join(work, "old"), dest, folders }, pause);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    if (made !== undefined) removeEmpty(dirname(dest), made);
    throw withRequestedPath(error, join(work, "fresh"), dest);
  }
  rmSync(work, { recursive: true, force: true });
  return layout.tally;
}

/** Extracts the entries. Returns the archive's folders, whose modes and times are set once everything is in place. */
async function extract(read: ReadArchive, layout: Layout, extraction: Extraction): Promise<Map<string, ArchiveEntry>> {
  const folders = new Map<string, ArchiveEntry>();
  const write = (entry: ArchiveEntry) => {
    const path = layout.admit(entry);
    if (entry.kind === "file") return extraction.file(path, entry);
    if (entry.kind === "hard-link") extraction.hardLink(path, layout.admitTarget(entry.name, entry.target ?? ""));
    else if (entry.kind === "link") extraction.link(path, entry);
    else {
      extraction.folder(path);
      if (path !== "") folders.set(path, entry);
    }
    return undefined;
  };
  try {
    await read(write);
  } finally {
    extraction.close();
  }
  extraction.makeLinks();
  return folders;
}

/**
 * Renames the folder to the destination. Returns false when another process, usually another unpacking, has created a
 * folder there meanwhile.
 */
function tryRename(fresh: string, dest: string): boolean {
  try {
    renameSync(fresh, dest);
    return true;
  } catch (error) {
    if (!TAKEN.has((error as NodeJS.ErrnoException).code)) throw error;
    if (lstatSync(dest).isDirectory()) return false;
    throw new XsysError("ALREADY_EXISTS", `unpacking failed on ${dest}: another process has created it meanwhile`, {
      details: { path: dest },
    });
  }
}

/** Errors of rename(2) when the destination is a folder with entries or not a folder; EPERM is Windows. */
const TAKEN = new Set<string | undefined>(["ENOTEMPTY", "EEXIST", "ENOTDIR", "EPERM"]);
/** How often a concurrent writer may create a file at a path that was just checked. */
const MAX_TRIES = 100;

/** Moves all files to their places, or none. Starts again when a concurrent writer interferes. */
async function settleWithRetries(
  command: string,
  kinds: ReadonlyMap<string, Kind>,
  settlement: Settlement,
  pause: () => Promise<void> | undefined,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    refuseObstacles(command, settlement.dest, kinds);
    try {
      return await settle(settlement, pause);
    } catch (error) {
      const { code } = error as XsysError | NodeJS.ErrnoException;
      if (tries === MAX_TRIES || (code !== "ALREADY_EXISTS" && code !== "ENOENT")) throw error;
    }
  }
}

/** Removes the parent folders that were created for the destination. */
function removeEmpty(folder: string, first: string): void {
  try {
    for (let path = folder; path.length >= first.length; path = dirname(path)) rmdirSync(path);
  } catch {
    // already in use by another process
  }
}
