import { type Dirent, lstatSync, readdirSync, type Stats } from "node:fs";
import { sep } from "node:path";

export type EntryKind = "file" | "folder" | "link" | "other";

/** Text, or the bytes themselves where they are not UTF-8: node:fs takes either. */
export type ExactPath = string | Buffer;

export interface Folder {
  readonly path: ExactPath;
  /** From the root of the walk; empty for the root itself. */
  readonly relative: string;
}

/**
 * Everything below a folder, for tasks: synchronous, and without recursion, so no depth overflows the stack. A folder
 * comes before what is in it; beyond that the order is the file system's. A link given as `root` is followed, links
 * below are entries and are not.
 *
 * What vanishes midway is passed over. Anything else is thrown as it comes: a root that is missing or no folder, a
 * subfolder that may not be read (EACCES: a wrong total is worse than an error), one beyond PATH_MAX (ENAMETOOLONG).
 */
export function walk(root: ExactPath): Generator<TreeEntry> {
  return walkFolders([{ path: root, relative: "" }]);
}

/** Whether to take an entry; a folder that is not taken is not entered either. */
export type Admits = (entry: TreeEntry) => boolean;

/**
 * Everything below some folders, which are taken off the list, as those found on the way are put on it. After `enough`
 * entries it ends at the next folder, and the list has what is left to do.
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

/** The entries of one folder, in the file system's order. It throws when the folder is missing or cannot be read. */
export function entriesOf(folder: ExactPath): TreeEntry[] {
  return read(folder, "");
}

/** The entries of a folder of a walk: none of one that has vanished, save for the root itself. */
export function entriesIn({ path, relative }: Folder): TreeEntry[] {
  try {
    return read(path, relative);
  } catch (error) {
    if (relative !== "" && isGone(error)) return [];
    throw error;
  }
}

/** One entry. The walk does not look further than its kind, which comes with the folder's listing at no cost. */
export class TreeEntry {
  readonly kind: EntryKind;
  /** To be used with node:fs. */
  readonly path: ExactPath;
  /** From the root of the walk, for people: bytes that are not UTF-8 are U+FFFD. */
  readonly relative: string;

  constructor(kind: EntryKind, path: ExactPath, relative: string) {
    this.kind = kind;
    this.path = path;
    this.relative = relative;
  }

  /** Of a link, its own. Undefined when the entry has vanished. */
  lstat(): Stats | undefined {
    try {
      return lstatSync(this.path, { throwIfNoEntry: false });
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }
}

/** ENOTDIR is a folder on the way that something else has replaced. */
export function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

const REPLACEMENT = "\uFFFD";

function read(folder: ExactPath, relative: string): TreeEntry[] {
  const prefix = relative === "" ? "" : relative + sep;
  // On its way between threads a Buffer becomes a plain Uint8Array, of which this makes one again.
  if (typeof folder !== "string") return readBytes(Buffer.from(folder), prefix);
  const dirents = readdirSync(folder, { withFileTypes: true });
  // A name that is not UTF-8 has lost its bytes here. Reading all as bytes would make every walk 1.5 times as long.
  if (dirents.some(({ name }) => name.includes(REPLACEMENT))) return readBytes(Buffer.from(folder), prefix);
  const base = folder.endsWith(sep) ? folder : folder + sep;
  return dirents.map((dirent) => new TreeEntry(kindOf(dirent), base + dirent.name, prefix + dirent.name));
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
