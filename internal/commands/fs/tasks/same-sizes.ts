import { walk } from "../../../files/walk.ts";
import { type Packed, packed } from "../../../work/packed.ts";

/** Files of the same size, which may therefore have the same contents. */
export interface SameSize {
  readonly size: number;
  readonly files: readonly {
    /** Path relative to the folder. */
    readonly relative: string;
    /** The exact path of a file whose name is not UTF-8. */
    readonly exact: Uint8Array | undefined;
  }[];
}

interface SameSizes {
  /** Bytes of all files in the parts. */
  readonly total: number;
  /** The groups, largest files first, in parts of about the same work. */
  readonly parts: readonly Packed<SameSize[]>[];
}

/** Task: groups the regular files of a tree that share their size with another one. Empty files are ignored. */
export default function sameSizes({ path }: { path: string }): SameSizes {
  const bySize = Map.groupBy(candidates(path), ({ size }) => size);
  const groups = [...bySize]
    .sort(([a], [b]) => b - a)
    .map(([size, all]): SameSize => ({ size, files: oneNameEach(all).map(onlyNames) }))
    .filter(({ files }) => files.length > 1);
  const total = groups.reduce((sum, { size, files }) => sum + size * files.length, 0);
  return { total, parts: dealOut(groups).map(packed) };
}

/** Cost of opening a file, in bytes: reading this many takes about as long. */
const OPEN_COST = 20_000;
/** Cost of one part of the work, in bytes: about 15 ms of one thread. */
const PART_COST = 2_000 * OPEN_COST;

function dealOut(groups: readonly SameSize[]): SameSize[][] {
  const parts: SameSize[][] = [];
  let cost = PART_COST;
  for (const group of groups) {
    if (cost >= PART_COST) [cost] = [0, parts.push([])];
    parts.at(-1)?.push(group);
    cost += group.files.length * (group.size + OPEN_COST);
  }
  return parts;
}

interface Candidate {
  readonly relative: string;
  readonly exact: Uint8Array | undefined;
  readonly size: number;
  /** Identifies a file that has several names (hard links). */
  readonly inode: string | undefined;
}

function* candidates(root: string): Generator<Candidate> {
  for (const entry of walk(root)) {
    if (entry.kind !== "file") continue;
    const stats = entry.lstat();
    if (stats === undefined || !stats.isFile() || stats.size === 0) continue;
    const { size, nlink, dev, ino } = stats;
    const exact = typeof entry.path === "string" ? undefined : entry.path;
    yield { relative: entry.relative, exact, size, inode: nlink > 1 ? `${dev}:${ino}` : undefined };
  }
}

/** Keeps only the first name of each file: further hard links take no space. */
function oneNameEach(files: Candidate[]): Candidate[] {
  const named = files.filter(({ inode }) => inode !== undefined);
  if (named.length < 2) return files;
  const names = Map.groupBy(named, ({ inode }) => inode);
  const first = new Set([...names.values()].map((same) => same.reduce((a, b) => (a.relative < b.relative ? a : b))));
  return files.filter((file) => file.inode === undefined || first.has(file));
}

function onlyNames({ relative, exact }: Candidate): SameSize["files"][number] {
  return { relative, exact };
}
