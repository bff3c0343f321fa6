import { walk } from "../../../files/walk.ts";

/** Files of one size, so that they may have the same contents. */
export interface SameSize {
  readonly size: number;
  /** From the folder, each ended by NUL: one string goes between threads faster than a list. */
  readonly relatives: string;
  readonly count: number;
  /** The paths of those whose names are not UTF-8, by their place in the list. */
  readonly exact?: ReadonlyMap<number, Uint8Array>;
}

/** Task: the regular files of a tree that share their size with another one. Empty files are not looked at. */
export default function sameSizes({ path }: { path: string }): SameSize[] {
  const bySize = Map.groupBy(candidates(path), ({ size }) => size);
  return [...bySize.values()]
    .map(oneNameEach)
    .filter(({ length }) => length > 1)
    .map(packed);
}

interface Candidate {
  readonly relative: string;
  readonly exact: Uint8Array | undefined;
  readonly size: number;
  /** Of a file with several names (hard links), what they have in common. */
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

/** Of one file's several names the first alone: the others take no space. */
function oneNameEach(files: Candidate[]): Candidate[] {
  const named = files.filter(({ inode }) => inode !== undefined);
  if (named.length < 2) return files;
  const names = Map.groupBy(named, ({ inode }) => inode);
  const first = new Set([...names.values()].map((same) => same.reduce((a, b) => (a.relative < b.relative ? a : b))));
  return files.filter((file) => file.inode === undefined || first.has(file));
}

function packed(files: Candidate[]): SameSize {
  const exact = new Map(files.flatMap(({ exact }, n) => (exact === undefined ? [] : [[n, exact] as const])));
  return {
    size: files[0]?.size ?? 0,
    relatives: files.map(({ relative }) => `${relative}\0`).join(""),
    count: files.length,
    ...(exact.size > 0 && { exact }),
  };
}
