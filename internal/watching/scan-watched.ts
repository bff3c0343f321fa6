import { type Kind, look } from "./entry.ts";
import { entryPath } from "./entry-path.ts";
import { ignoring } from "./ignore.ts";
import { namesIn } from "./names-in.ts";

export interface ScanArgs {
  readonly roots: readonly string[];
  readonly ignore: readonly string[];
  readonly shallow: boolean;
}

/**
 * A folder and its entries. Names and numbers are separate, so that passing them between threads takes a fifth of the
 * time.
 */
export interface ScannedFolder {
  readonly path: string;
  /** Each terminated by NUL, which no name contains. */
  readonly names: string;
  /** For each name: kind, inode, size, modification time. */
  readonly facts: Float64Array;
}

export const KINDS: readonly Kind[] = ["file", "folder", "link", "other"];
export const FACTS = 4;

/** Task: lists the watched folders. Entries that disappear meanwhile or cannot be read are skipped. */
export default function scanWatched({ roots, ignore, shallow }: ScanArgs): ScannedFolder[] {
  const ignored = ignoring(ignore);
  const scanned: ScannedFolder[] = [];
  for (const root of roots) {
    const rest = [root];
    for (let folder = rest.pop(); folder !== undefined; folder = rest.pop()) {
      const facts: number[] = [];
      let names = "";
      // A root that is a file has no names; the watch on its folder is enough for it.
      for (const name of namesIn(folder)) {
        if (ignored(root, entryPath(folder, name))) continue;
        const entry = look(entryPath(folder, name), false);
        if (entry === undefined) continue;
        names += `${name}\0`;
        facts.push(KINDS.indexOf(entry.kind), entry.ino, entry.size, entry.mtime);
        if (entry.kind === "folder" && !shallow) rest.push(entryPath(folder, name));
      }
      scanned.push({ path: folder, names, facts: Float64Array.from(facts) });
    }
  }
  return scanned;
}
