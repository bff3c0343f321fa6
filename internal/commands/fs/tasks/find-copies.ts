import { join } from "node:path";
import { byCodeUnit } from "../../../files/by-code-unit.ts";
import type { ExactPath } from "../../../files/walk.ts";
import type { Report } from "../../../work/report.ts";
import { digestOfStart, digestOfWhole, START } from "./digest.ts";
import { asExactPath } from "./exact-path.ts";
import type { SameSize } from "./same-sizes.ts";

/** Files with the same contents. */
export interface Copies {
  /** SHA-256 in lower-case hex. */
  readonly hash: string;
  /** Paths relative to the folder, sorted. */
  readonly relatives: string[];
  readonly size: number;
}

interface Args {
  readonly path: string;
  readonly groups: readonly SameSize[];
}

interface Candidate {
  readonly path: ExactPath;
  readonly relative: string;
  readonly size: number;
}

/**
 * Task: finds files with the same contents among files below a folder. Each step examines only the files that the
 * previous step could not distinguish: size, first bytes, digest of the whole. Files that change meanwhile are left
 * out.
 */
export default function findCopies({ path, groups }: Args, report: Report = () => {}): Copies[] {
  const copies: Copies[] = [];
  const progress = new BytesCompared(report);
  for (const group of groups) {
    const { size } = group;
    const files = candidates(path, group);
    // Files no longer than START are digested as a whole at once.
    const alike = size <= START ? [files] : shared(files, digestOfStart).map(([, sameStart]) => sameStart);
    progress.skip(size * (files.length - alike.flat().length));
    const digest = (file: Candidate) => progress.during(file, (onBytes) => digestOfWhole(file, onBytes));
    for (const [hash, same] of alike.flatMap((group) => shared(group, digest))) {
      copies.push({ hash, relatives: same.map(({ relative }) => relative).sort(byCodeUnit), size });
    }
  }
  return copies;
}

function candidates(path: string, { size, relatives, exact }: SameSize): Candidate[] {
  return relatives
    .split("\0")
    .slice(0, -1)
    .map((relative, n) => ({ path: asExactPath(exact?.get(n) ?? join(path, relative)), relative, size }));
}

/** Groups of files with the same key. Files with an undefined key are dropped. */
function shared<K>(files: Iterable<Candidate>, keyOf: (file: Candidate) => K | undefined): [K, Candidate[]][] {
  const byKey = Map.groupBy(files, keyOf);
  byKey.delete(undefined);
  return [...(byKey as Map<K, Candidate[]>)].filter(([, { length }]) => length > 1);
}

/** Reports progress: the bytes that are compared or need no comparison. */
class BytesCompared {
  readonly #report: Report;
  #done = 0;

  constructor(report: Report) {
    this.#report = report;
  }

  /** Counts bytes that need no comparison. */
  skip(bytes: number): void {
    this.#done += bytes;
  }

  during<T>({ size, relative }: Candidate, work: (onBytes: (bytes: number) => void) => T): T {
    const tell = (bytes: number) =>
      this.#report({ done: this.#done + Math.min(bytes, size), unit: "bytes", item: relative });
    const result = work(tell);
    this.#done += size;
    tell(0);
    return result;
  }
}
