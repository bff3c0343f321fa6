import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { XsysError } from "../../../protocol/errors.ts";
import { isOwn, isOwnedByAnother } from "./own-folder.ts";

/** Prefix of the names of directories that are being written. */
const NEW = ".new-";
const HOUR = 3_600_000;

/** Contents that are unpacked to their own directory. */
export interface Contents {
  /** Name of the directory, unique to these contents. */
  readonly name: string;
  /** Writes the files to a new directory. */
  write(folder: string): void;
  /** Whether a directory has these files, unchanged. */
  isIn(folder: string): boolean;
}

/**
 * Writes contents once, below the first usable place, and checks them before every use. The directory is created under
 * a temporary name and then renamed, so that it is complete when found, even with concurrent starts or if this process
 * is killed.
 * @throws DENIED if no place can be trusted or written to
 */
export function unpack(contents: Contents, places: readonly string[] = cachePlaces()): string {
  const problems: string[] = [];
  for (const place of places) {
    try {
      return unpackIn(place, contents);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  throw new XsysError("DENIED", `there is no directory to unpack into: ${problems.join("; ")}`);
}

/** The user's cache; if it is not usable (no home, or another user's home after sudo), the temporary directory. */
export function cachePlaces(): string[] {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return [join(cache, "xsys"), join(tmpdir(), `xsys-cache-${process.getuid?.() ?? "user"}`)];
}

function unpackIn(place: string, contents: Contents): string {
  refuseForeignHome(dirname(place));
  mkdirSync(place, { recursive: true, mode: 0o700 });
  if (!isOwn(place, "folder")) throw new Error(`${place} is not a directory accessible only to this user`);
  const folder = join(place, contents.name);
  if (contents.isIn(folder)) return folder;
  removeAbandoned(place);
  const made = mkdtempSync(join(place, NEW)); // with mode 0700
  try {
    contents.write(made);
    replace(folder, made, contents);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  if (!contents.isIn(folder)) throw new Error(`${folder} does not contain the files that were written`);
  return folder;
}

/** Removes what processes left that were killed while writing. An hour is safe: writing takes a second. */
function removeAbandoned(place: string): void {
  for (const name of readdirSync(place)) {
    const folder = join(place, name);
    if (name.startsWith(NEW) && Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0) > HOUR) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Files that root creates in a user's home (sudo keeps HOME) could neither be used nor removed by that user. */
function refuseForeignHome(parent: string): void {
  if (parent === tmpdir()) return;
  let folder = parent;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  if (isOwnedByAnother(folder)) throw new Error(`${folder} belongs to another user`);
}

/** Moves the new directory into place, replacing a damaged one. */
function replace(folder: string, made: string, contents: Contents): void {
  if (isRenamed(made, folder) || contents.isIn(folder)) return;
  const aside = `${made}.broken`;
  if (isRenamed(folder, aside)) rmSync(aside, { recursive: true, force: true });
  isRenamed(made, folder);
}

/** False if the rename is not possible, as when another process has created or moved the directory first. */
function isRenamed(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOTEMPTY", "EEXIST", "EPERM", "ENOTDIR", "ENOENT"].includes(code)) return false;
    throw error;
  }
}
