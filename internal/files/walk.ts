import { type Dirent, lstatSync, readdirSync, type Stats } from "node:fs";
import { sep } from "node:path";
import { type EntryKind, type EntryStats, nativeFolders } from "./native.ts";

export type { EntryKind };

/** A path as text, or as bytes if it is not UTF-8. node:fs accepts both. */
export type ExactPath = string | Buffer;

export interface Folder {
  readonly path: ExactPath;
  /** Path relative to the root of the walk; empty for the root itself. */
  readonly relative: string;
}

/**
 * Walks everything below a folder. For tasks only: it is synchronous. It does not recurse, so no depth overflows the
 * stack. Folders come before their contents; otherwise the order is that of the file system. A symbolic link given as
 * `root` is followed; those below it are entries and are not followed.
 *
 * Entries that vanish meanwhile are skipped. All other errors are thrown: a root that is missing or not a folder, a
 * subfolder that cannot be read (EACCES: an error is better than a wrong total), a path longer than PATH_MAX
 * (ENAMETOOLONG).
 */
export function walk(root: ExactPath): Generator<TreeEntry> {
  return walkFolders([{ path: root, relative: "" }]);
}

/** Returns whether to include an entry. An excluded folder is not entered. */
export type Admits = (entry: TreeEntry) => boolean;

/**
 * Walks everything below some folders. Folders are removed from the list when they are read, and subfolders are added
 * to it. After `enough` entries it stops at the next folder; the list then holds the remaining folders.
 */
export function* walkFolders(folders: Folder[], enough = Infinity, admits?: Admits): Generator<TreeEntry> {
  for (let seen = 0; seen < enough; ) {
    const folder = folders.pop();
    if (folder === undefined) return;
    for (const entry of entriesIn(folder)) {
      seen += 1;
      if (admits?.(entry) === false) continue;
      if (entry.kind === "folder") folders.push(entry);
      yield entry;
    }
  }
}

/**
 * Returns the entries of one folder, in the file system's order. Throws when the folder is missing or cannot be read.
 */
export function entriesOf(folder: ExactPath): TreeEntry[] {
  return read(folder, "");
}

/**
 * Returns the entries of a folder of a walk. A vanished folder has none, unless it is the root, for which this throws.
 * With `stats`, their stats are read at once where that is faster. For large trees only: see native.ts.
 */
export function entriesIn({ path, relative }: Folder, stats = false): TreeEntry[] {
  try {
    return (stats ? readWithStats(path, relative) : undefined) ?? read(path, relative);
  } catch (error) {
    if (relative !== "" && isGone(error)) return [];
    throw error;
  }
}

/** One entry. Its kind is known, which the folder's listing provides at no cost; perhaps its stats are known too. */
export class TreeEntry {
  readonly kind: EntryKind;
  /** For use with node:fs. */
  readonly path: ExactPath;
  /** Path relative to the root of the walk, for display: bytes that are not UTF-8 are shown as U+FFFD. */
  readonly relative: string;
  readonly #known: EntryStats | undefined;

  constructor(kind: EntryKind, path: ExactPath, relative: string, known?: EntryStats) {
    this.kind = kind;
    this.path = path;
    this.relative = relative;
    this.#known = known;
  }

  /** Returns the stats read with the folder, or calls lstat(). */
  stats(): EntryStats | undefined {
    return this.#known ?? this.lstat();
  }

  /** Stats of the entry; for a symbolic link, of the link itself. Undefined when the entry has vanished. */
  lstat(): Stats | undefined {
    try {
      return lstatSync(this.path, { throwIfNoEntry: false });
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }
}

/** ENOTDIR: a parent folder was replaced by something else. */
export function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

const REPLACEMENT = "\uFFFD";

function read(folder: ExactPath, relative: string): TreeEntry[] {
  const prefix = relative === "" ? "" : relative + sep;
  // A Buffer from another thread arrives as a plain Uint8Array.
  if (typeof folder !== "string") return readBytes(Buffer.from(folder), prefix);
  const dirents = readdirSync(folder, { withFileTypes: true });
  // A name that is not UTF-8 has lost its bytes here. Reading all names as bytes would make every walk take 1.5 times
  // as long.
  if (dirents.some(({ name }) => name.includes(REPLACEMENT))) return readBytes(Buffer.from(folder), prefix);
  const base = folder.endsWith(sep) ? folder : folder + sep;
  return dirents.map((dirent) => new TreeEntry(kindOf(dirent), base + dirent.name, prefix + dirent.name));
}

/** Undefined when the entries and their stats cannot be read together. */
function readWithStats(folder: ExactPath, relative: string): TreeEntry[] | undefined {
  if (typeof folder !== "string") return undefined;
  const base = folder.endsWith(sep) ? folder : folder + sep;
  const prefix = relative === "" ? "" : relative + sep;
  return nativeFolders()?.(folder)?.map(
    ({ name, kind, stats }) => new TreeEntry(kind, base + name, prefix + name, stats),
  );
}

function readBytes(folder: Buffer, prefix: string): TreeEntry[] {
  const base = Buffer.concat([folder, Buffer.from(sep)]);
  return readdirSync(folder, { withFileTypes: true, encoding: "buffer" }).map(
    (dirent) => new TreeEntry(kindOf(dirent), Buffer.concat([base, dirent.name]), prefix + dirent.name.toString()),
  );
}

function kindOf(dirent: Dirent<string> | Dirent<Buffer>): EntryKind {
  if (dirent.isFile()) return "file";
  if (dirent.isDirectory()) return "folder";
  return dirent.isSymbolicLink() ? "link" : "other";
}
