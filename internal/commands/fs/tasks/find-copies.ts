import { join } from "node:path";
import { asAsked } from "../../../files/as-asked.ts";
import { byCodeUnit } from "../../../files/by-code-unit.ts";
import { SharedText } from "../../../files/shared-text.ts";
import type { ExactPath } from "../../../files/walk.ts";
import { type Packed, unpacked } from "../../../work/packed.ts";
import type { Report } from "../../../work/report.ts";
import { digestOfStart, digestOfWhole, START } from "./digest.ts";
import { asExactPath } from "./exact-path.ts";
import type { SameSize } from "./same-sizes.ts";

interface Args {
  readonly path: string;
  /** The folder as the caller wrote it. */
  readonly named: string;
  /** A part of the work from `same-sizes`. */
  readonly groups: Packed<SameSize[]>;
}

interface Candidate {
  readonly path: ExactPath;
  readonly relative: string;
  readonly size: number;
}

/**
 * Task: finds files with the same contents among files below a folder. Each step examines only the files that the
 * previous step could not distinguish: size, first bytes, digest of the whole. Files that change meanwhile are left
 * out. Returns JSON in which every value is preceded by a comma; it is sorted by size, largest first, then by path.
 */
export default function findCopies({ path, named, groups }: Args, report: Report = () => {}): Uint8Array {
  const text = new SharedText();
  const progress = new BytesCompared(report);
  const asNamed = asAsked(named);
  for (const group of unpacked(groups)) {
    const { size } = group;
    const copies = copiesIn(candidates(path, group), progress).sort((a, b) => byCodeUnit(a.first, b.first));
    for (const { hash, relatives } of copies) {
      text.add(`,${JSON.stringify({ hash, paths: relatives.map(asNamed), size })}`);
    }
  }
  return text.bytes;
}

interface Copies {
  /** SHA-256 in lower-case hex. */
  readonly hash: string;
  /** Paths relative to the folder, sorted. */
  readonly relatives: string[];
  readonly first: string;
}

/** Finds files with the same contents among files of the same size. */
function copiesIn(files: readonly Candidate[], progress: BytesCompared): Copies[] {
  const size = files[0]?.size ?? 0;
  // Files no longer than START are digested as a whole at once.
  const alike = size <= START ? [files] : shared(files, digestOfStart).map(([, sameStart]) => sameStart);
  progress.skip(size * (files.length - alike.flat().length));
  const digest = (file: Candidate) => progress.during(file, (onBytes) => digestOfWhole(file, onBytes));
  return alike
    .flatMap((group) => shared(group, digest))
    .map(([hash, same]) => {
      const relatives = same.map(({ relative }) => relative).sort(byCodeUnit);
      return { hash, relatives, first: relatives[0] as string };
    });
}

function candidates(path: string, { size, files }: SameSize): Candidate[] {
  return files.map(({ relative, exact }) => ({ path: asExactPath(exact ?? join(path, relative)), relative, size }));
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
