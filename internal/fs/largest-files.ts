import { byCodeUnit } from "./by-code-unit.ts";
import { walk } from "./walk.ts";

interface SizedFile {
  /** From the folder. */
  readonly relative: string;
  readonly size: number;
}

/** Kept beyond the limit before the smallest are dropped, so that a small limit is not a sort per file. */
const SLACK = 1_024;

/** Task: the largest regular files of a tree, the largest first, those of one size by path. */
export default function largestFiles({ path, limit }: { path: string; limit: number }): SizedFile[] {
  const kept: SizedFile[] = [];
  let least = 0; // what is smaller than this is not among the largest
  for (const entry of walk(path)) {
    if (entry.kind !== "file") continue;
    const size = entry.lstat()?.size;
    if (size === undefined || size < least) continue;
    kept.push({ relative: entry.relative, size });
    if (kept.length < limit * 2 + SLACK) continue;
    keepLargest(kept, limit);
    least = kept.at(-1)?.size ?? 0;
  }
  keepLargest(kept, limit);
  return kept;
}

function keepLargest(files: SizedFile[], limit: number): void {
  files.sort((a, b) => b.size - a.size || byCodeUnit(a.relative, b.relative));
  if (files.length > limit) files.length = limit;
}
