import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { XsysError } from "../../../protocol/errors.ts";
import { isOwn, isSomebodyElses } from "./own-folder.ts";

/** Begins the names of folders that are being written. */
const NEW = ".new-";
const HOUR = 3_600_000;

/** What is unpacked to a folder of its own. */
export interface Contents {
  /** The folder's name, which other contents do not have. */
  readonly name: string;
  /** Writes the files to a new folder. */
  write(folder: string): void;
  /** Whether a folder has these files, as they were written. */
  isIn(folder: string): boolean;
}

/**
 * Writes contents once, below the first of the places that will do, and looks at them again before every use. The folder is
 * made under another name, so that it is whole when it is found, whoever else starts, and whenever this process is killed.
 * @throws DENIED where no place can be trusted, or written to
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
  throw new XsysError("DENIED", `there is no folder to unpack in: ${problems.join("; ")}`);
}

/** The user's cache, and where that cannot be had (another's home, after sudo, or none), the temporary folder. */
export function cachePlaces(): string[] {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return [join(cache, "xsys"), join(tmpdir(), `xsys-cache-${process.getuid?.() ?? "user"}`)];
}

function unpackIn(place: string, contents: Contents): string {
  refuseAnothersHome(dirname(place));
  mkdirSync(place, { recursive: true, mode: 0o700 });
  if (!isOwn(place, "folder")) throw new Error(`${place} is not a folder of this user alone`);
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
  if (!contents.isIn(folder)) throw new Error(`${folder} does not hold what was put there`);
  return folder;
}

/** What a process that was killed while it wrote has left: to write takes a second. */
function removeAbandoned(place: string): void {
  for (const name of readdirSync(place)) {
    const folder = join(place, name);
    if (name.startsWith(NEW) && Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0) > HOUR) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** What root leaves in a user's home (sudo keeps HOME), that user could neither use nor remove. */
function refuseAnothersHome(parent: string): void {
  if (parent === tmpdir()) return;
  let folder = parent;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  if (isSomebodyElses(folder)) throw new Error(`${folder} is somebody else's`);
}

/** What is there and broken gives way. */
function replace(folder: string, made: string, contents: Contents): void {
  if (isRenamed(made, folder) || contents.isIn(folder)) return;
  const aside = `${made}.broken`;
  if (isRenamed(folder, aside)) rmSync(aside, { recursive: true, force: true });
  isRenamed(made, folder);
}

/** Of two that make a folder at once, or move a broken one away, one is first, and the other one finds it done. */
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
