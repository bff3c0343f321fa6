import { type Kind, look } from "../shared/entry.ts";
import { entryPath } from "../shared/entry-path.ts";
import { ignoring } from "../shared/ignore.ts";
import { namesIn } from "../shared/names-in.ts";

export interface ScanArgs {
  readonly roots: readonly string[];
  readonly ignore: readonly string[];
  readonly shallow: boolean;
}

/** A tree's folders, each with what is in it: names apart from numbers, which is a fifth of the time between threads. */
export interface ScannedFolder {
  readonly path: string;
  /** Each ended by NUL, which no name holds. */
  readonly names: string;
  /** For each name: kind, inode, size, modification time. */
  readonly facts: Float64Array;
}

export const KINDS: readonly Kind[] = ["file", "folder", "link", "other"];
export const FACTS = 4;

/** Task: what there is in watched folders. What vanishes midway or may not be read is passed over. */
export default function scanWatched({ roots, ignore, shallow }: ScanArgs): ScannedFolder[] {
  const ignored = ignoring(ignore);
  const scanned: ScannedFolder[] = [];
  for (const root of roots) {
    const rest = [root];
    for (let folder = rest.pop(); folder !== undefined; folder = rest.pop()) {
      const facts: number[] = [];
      let names = "";
      // Also of a root that is a file, whose folder's watch is enough for it.
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
