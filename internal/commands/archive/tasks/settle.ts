import { chmodSync, lstatSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { type Renaming, renameAll } from "../../../files/rename-all.ts";
import type { ArchiveEntry } from "./archive-entry.ts";

export interface Settlement {
  /** Folder with the extracted files. */
  readonly fresh: string;
  /** Folder to which replaced files are moved. */
  readonly old: string;
  readonly dest: string;
  /** The archive's folders, by path. */
  readonly folders: ReadonlyMap<string, ArchiveEntry>;
}

/**
 * Moves the extracted files to their places in an existing folder. On failure, all moves are undone. Existing folders
 * keep their mode and time. New ones get theirs after the move, because a folder without write permission could be
 * neither filled nor moved.
 */
export async function settle({ fresh, old, dest, folders }: Settlement, pause: () => Promise<void> | undefined) {
  const kept = new Set([""]);
  const moves: Renaming[] = [];
  const pending = [""];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    for (const name of readdirSync(join(fresh, path))) {
      const inside = path === "" ? name : `${path}/${name}`;
      const [from, to] = [join(fresh, inside), join(dest, inside)];
      const there = lstatSync(to, { throwIfNoEntry: false });
      if (there?.isDirectory() && lstatSync(from).isDirectory()) {
        kept.add(inside);
        pending.push(inside);
        continue;
      }
      if (there !== undefined) moves.push({ from: to, to: join(old, String(moves.length)) });
      moves.push({ from, to });
    }
  }
  await renameAll(moves, pause);
  finishFolders(
    dest,
    [...folders].filter(([path]) => !kept.has(path)),
  );
}

/** Sets the folders' modes and times, the innermost first: changing a folder's contents changes its time. */
export function finishFolders(dest: string, folders: readonly (readonly [path: string, entry: ArchiveEntry])[]): void {
  for (const [path, { mode, modified }] of folders.toSorted(([a], [b]) => b.length - a.length)) {
    const place = join(dest, path);
    if (modified !== undefined) utimesSync(place, modified, modified);
    if (mode !== undefined) chmodSync(place, mode & 0o777);
  }
}
