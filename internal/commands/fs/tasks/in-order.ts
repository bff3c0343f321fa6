import { sep } from "node:path";
import { byCodeUnit } from "../../../files/by-code-unit.ts";
import type { Folder, TreeEntry } from "../../../files/walk.ts";

/** Marks where a folder's contents belong in the order. */
export interface Gap {
  readonly kind: "gap";
  readonly folder: Folder;
}

/** Returns a folder's entries in any order, or undefined when another task lists them. */
export type Contents = (folder: Folder) => TreeEntry[] | undefined;

interface Level {
  readonly entries: readonly TreeEntry[];
  at: number;
  /** Folders whose contents are still to be listed. The last one is the next in order. */
  readonly folders: Folder[];
}

/**
 * Everything below a folder, sorted by code unit of the path. The order equals that of sorting all paths, but only each
 * folder is sorted. The contents of `a` are placed where `a/` sorts: after `a` and `a.txt`, before `b`.
 */
export function* inOrder(root: Folder, contents: Contents): Generator<TreeEntry | Gap> {
  const levels = [levelOf(contents(root) ?? [])];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const entry = level.entries[level.at];
    const folder = level.folders.at(-1);
    if (folder !== undefined && (entry === undefined || folder.relative + sep < entry.relative)) {
      level.folders.pop();
      const entries = contents(folder);
      if (entries === undefined) yield { kind: "gap", folder };
      else levels.push(levelOf(entries));
    } else if (entry === undefined) levels.pop();
    else {
      level.at++;
      yield entry;
      if (entry.kind === "folder") level.folders.push(entry);
    }
  }
}

function levelOf(entries: TreeEntry[]): Level {
  return { entries: entries.sort((a, b) => byCodeUnit(a.relative, b.relative)), at: 0, folders: [] };
}
