import { byCodeUnit } from "../files/by-code-unit.ts";
import { type ExactPath, walk } from "../files/walk.ts";
import type { Report } from "../work/report.ts";
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
export default function findCopies({ path }: { path: string }, report: Report = () => {}): Copies[] {
  const copies: Copies[] = [];
  const sameSizes = groups(candidates(path), (file) => file.size).map(([, files]) => oneNameEach(files));
  const progress = new BytesCompared(sameSizes, report);
  for (const files of sameSizes) {
    const size = files[0]?.size ?? 0;
    // A file no longer than the start is read once and digested whole.
    const alike = size <= START ? [files] : groups(files, digestOfStart).map(([, sameStart]) => sameStart);
    progress.skip(size * (files.length - alike.flat().length));
    const digest = (file: Candidate) => progress.during(file, (told) => digestOfWhole(file, told));
    for (const [hash, same] of alike.flatMap((group) => groups(group, digest))) {
      copies.push({ hash, relatives: same.map(({ relative }) => relative), size });
    }
  }
  return copies.sort((a, b) => b.size - a.size || byCodeUnit(a.relatives[0] ?? "", b.relatives[0] ?? ""));
}

/** How many of the bytes that may have to be compared are settled. */
class BytesCompared {
  readonly #report: Report;
  readonly #total: number;
  #done = 0;

  constructor(files: readonly (readonly Candidate[])[], report: Report) {
    this.#report = report;
    this.#total = files.flat().reduce((sum, { size }) => sum + size, 0);
  }

  /** These need not be looked at. */
  skip(bytes: number): void {
    this.#done += bytes;
  }

  during<T>({ size, relative }: Candidate, work: (told: (bytes: number) => void) => T): T {
    const tell = (bytes: number) =>
      this.#report({ done: this.#done + Math.min(bytes, size), total: this.#total, unit: "bytes", item: relative });
    const result = work(tell);
    this.#done += size;
    tell(0);
    return result;
  }
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
