import { lstatSync, type Stats, statSync } from "node:fs";
import { exactPath } from "./names.ts";

export type Kind = "file" | "folder" | "link" | "other";

/** The known state of a watched file or folder. */
export interface Entry {
  readonly kind: Kind;
  readonly ino: number;
  /** Bytes; 0 for folders. */
  readonly size: number;
  /** Milliseconds since 1970. 0 for folders, whose time changes whenever an entry is added or removed. */
  readonly mtime: number;
  /** The entries of a folder, by name. Undefined for anything else. */
  readonly entries: Map<string, Entry> | undefined;
}

/**
 * The current state of a path. Undefined when it does not exist or cannot be read. A root's symbolic link is followed.
 */
export function look(path: string, isRoot: boolean): Entry | undefined {
  try {
    const stats = (isRoot ? statSync : lstatSync)(exactPath(path), { throwIfNoEntry: false });
    return stats && entryOf(stats);
  } catch {
    return undefined;
  }
}

export function entryOf(stats: Stats): Entry {
  const kind = kindOf(stats);
  const isFolder = kind === "folder";
  return {
    kind,
    ino: stats.ino,
    size: isFolder ? 0 : stats.size,
    mtime: isFolder ? 0 : stats.mtimeMs,
    entries: isFolder ? new Map() : undefined,
  };
}

export function kindOf(stats: Pick<Stats, "isFile" | "isDirectory" | "isSymbolicLink">): Kind {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "folder";
  return stats.isSymbolicLink() ? "link" : "other";
}

/** Whether the two states are the same as far as changes are reported. */
export function isSame(a: Omit<Entry, "entries">, b: Omit<Entry, "entries">): boolean {
  return a.ino === b.ino && a.kind === b.kind && a.size === b.size && a.mtime === b.mtime;
}
