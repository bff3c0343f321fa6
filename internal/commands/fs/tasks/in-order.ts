import { sep } from "node:path";
import { byCodeUnit } from "../../../files/by-code-unit.ts";
import type { Folder, TreeEntry } from "../../../files/walk.ts";

/** A place in the order that a folder's contents belong in. */
export interface Gap {
  readonly kind: "gap";
  readonly folder: Folder;
}

/** Gives what is in a folder, sorted or not, or undefined when somebody else looks into it. */
export type Contents = (folder: Folder) => TreeEntry[] | undefined;

interface Level {
  readonly entries: readonly TreeEntry[];
  at: number;
  /** Its folders whose contents are still to come. Of those that wait, the last one comes first. */
  readonly folders: Folder[];
}

/**
 * Everything below a folder, sorted by code unit of the path: the same order as sorting all paths has, but each folder
 * alone is sorted. What is in `a` comes where `a/` does, after `a` and `a.txt`, and before `b`.
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
