import { walk } from "../../../files/walk.ts";

/** Files of the same size, which may therefore have the same contents. */
export interface SameSize {
  readonly size: number;
  /** Paths relative to the folder, each terminated by NUL: one string is faster to pass between threads than a list. */
  readonly relatives: string;
  readonly count: number;
  /** Exact paths of files whose names are not UTF-8, by index in the list. */
  readonly exact?: ReadonlyMap<number, Uint8Array>;
}

/** Task: groups the regular files of a tree that share their size with another one. Empty files are ignored. */
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

function packed(files: Candidate[]): SameSize {
  const exact = new Map(files.flatMap(({ exact }, n) => (exact === undefined ? [] : [[n, exact] as const])));
  return {
    size: files[0]?.size ?? 0,
    relatives: files.map(({ relative }) => `${relative}\0`).join(""),
    count: files.length,
    ...(exact.size > 0 && { exact }),
  };
}
