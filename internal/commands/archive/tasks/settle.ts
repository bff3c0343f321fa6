import { chmodSync, lstatSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { type Renaming, renameAll } from "../../../files/rename-all.ts";
import type { ArchiveEntry } from "./archive-entry.ts";

export interface Settlement {
  /** What was extracted. */
  readonly fresh: string;
  /** Where what is replaced goes. */
  readonly old: string;
  readonly dest: string;
  /** The archive's folders, by path. */
  readonly folders: ReadonlyMap<string, ArchiveEntry>;
}

/**
 * Moves what was extracted to its places in a folder that exists, or nothing. Folders that are there already keep their
 * mode and time; the others take theirs now, for a folder without write permission could be neither filled nor moved.
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

/** The innermost first: a folder's time changes with what is in it. */
export function finishFolders(dest: string, folders: readonly (readonly [path: string, entry: ArchiveEntry])[]): void {
  for (const [path, { mode, modified }] of folders.toSorted(([a], [b]) => b.length - a.length)) {
    const place = join(dest, path);
    if (modified !== undefined) utimesSync(place, modified, modified);
    if (mode !== undefined) chmodSync(place, mode & 0o777);
  }
}
