import { byCodeUnit } from "../../../files/by-code-unit.ts";
import { entriesOfPart, type Part, type PartArgs } from "../../../files/tree-parts.ts";
import type { Folder } from "../../../files/walk.ts";

interface SizedFile {
  /** Path relative to the folder. */
  readonly relative: string;
  readonly size: number;
}

/**
 * Number of files kept beyond the limit before the list is trimmed, so that a small limit does not need a sort per
 * file.
 */
const SLACK = 1_024;

/** Task: finds the largest regular files in a part of a tree. */
export default function largestFiles({ limit, ...args }: PartArgs & { limit: number }): Part & { files: SizedFile[] } {
  const rest: Folder[] = [];
  let files: SizedFile[] = [];
  let least = 0; // smaller files cannot be among the largest
  for (const entry of entriesOfPart(args, rest)) {
    if (entry.kind !== "file") continue;
    const size = entry.lstat()?.size;
    if (size === undefined || size < least) continue;
    files.push({ relative: entry.relative, size });
    if (files.length < limit * 2 + SLACK) continue;
    files = largestOf(files, limit);
    least = files.at(-1)?.size ?? 0;
  }
  return { files: largestOf(files, limit), rest };
}

/** Sorts by size, largest first, then by path. */
export function largestOf(files: SizedFile[], limit: number): SizedFile[] {
  return files.sort((a, b) => b.size - a.size || byCodeUnit(a.relative, b.relative)).slice(0, limit);
}
