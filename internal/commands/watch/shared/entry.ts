import { lstatSync, type Stats, statSync } from "node:fs";
import { exactPath } from "./names.ts";

export type Kind = "file" | "folder" | "link" | "other";

/** What is known of something watched. */
export interface Entry {
  readonly kind: Kind;
  readonly ino: number;
  /** Bytes; 0 for folders. */
  readonly size: number;
  /** Milliseconds since 1970; 0 for folders, which have another with every entry that comes or goes. */
  readonly mtime: number;
  /** Of a folder, by name. */
  readonly entries: Map<string, Entry> | undefined;
}

/** What is at a path now; undefined when there is nothing, or nothing that may be looked at. A root's link is followed. */
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

/** Whether nothing that is told of happened between the two. */
export function isSame(a: Omit<Entry, "entries">, b: Omit<Entry, "entries">): boolean {
  return a.ino === b.ino && a.kind === b.kind && a.size === b.size && a.mtime === b.mtime;
}
