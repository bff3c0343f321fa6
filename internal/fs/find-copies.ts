import { byCodeUnit } from "../files/by-code-unit.ts";
import { type ExactPath, walk } from "../files/walk.ts";
import { digestOfStart, digestOfWhole, START } from "./digest.ts";

/** Files with the same contents. */
interface Copies {
  /** SHA-256 in lower-case hex. */
  readonly hash: string;
  /** From the folder, sorted. */
  readonly relatives: string[];
  readonly size: number;
}

interface Candidate {
  readonly path: ExactPath;
  readonly relative: string;
  readonly size: number;
  /** Of a file with several names (hard links), what they have in common. */
  readonly inode: string | undefined;
}

/**
 * Task: groups of regular files with the same contents, the largest first. Each step looks closer at the files that the
 * one before could not tell apart: size, start, digest of the whole. What changes meanwhile is left out.
 */
export default function findCopies({ path }: { path: string }): Copies[] {
  const copies: Copies[] = [];
  for (const [size, sameSize] of groups(candidates(path), (file) => file.size)) {
    const files = oneNameEach(sameSize);
    // A file no longer than the start is read once and digested whole.
    const alike = size <= START ? [files] : groups(files, digestOfStart).map(([, sameStart]) => sameStart);
    for (const [hash, same] of alike.flatMap((group) => groups(group, digestOfWhole))) {
      copies.push({ hash, relatives: same.map(({ relative }) => relative), size });
    }
  }
  return copies.sort((a, b) => b.size - a.size || byCodeUnit(a.relatives[0] ?? "", b.relatives[0] ?? ""));
}

function* candidates(root: string): Generator<Candidate> {
  for (const entry of walk(root)) {
    if (entry.kind !== "file") continue;
    const stats = entry.lstat();
    if (stats === undefined || !stats.isFile() || stats.size === 0) continue;
    const { size, nlink, dev, ino } = stats;
    yield { path: entry.path, relative: entry.relative, size, inode: nlink > 1 ? `${dev}:${ino}` : undefined };
  }
}

/** Those that share a key with another; an undefined key is shared with none. */
function groups<K>(files: Iterable<Candidate>, keyOf: (file: Candidate) => K | undefined): [K, Candidate[]][] {
  const byKey = Map.groupBy(files, keyOf);
  byKey.delete(undefined);
  return [...(byKey as Map<K, Candidate[]>)].filter(([, { length }]) => length > 1);
}

/** Sorted by path, and of one file's several names the first alone: the others take no space. */
function oneNameEach(files: Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return files
    .sort((a, b) => byCodeUnit(a.relative, b.relative))
    .filter(({ inode }) => inode === undefined || (!seen.has(inode) && seen.add(inode)));
}
