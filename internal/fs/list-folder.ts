import { AnswerSize } from "./answer-size.ts";
import { byCodeUnit } from "./by-code-unit.ts";
import { PACKED, packStats } from "./file-stats.ts";
import { entriesOf, type TreeEntry, walk } from "./walk.ts";

interface Args {
  readonly path: string;
  readonly recursive: boolean;
  readonly stats: boolean;
  /** Bytes. */
  readonly maxResult: number;
}

interface Listing {
  /** Sorted, each ended by NUL, which no name holds. */
  readonly names: string;
  /** Packed stats in the order of the names; empty when not asked for. */
  readonly stats: Float64Array;
}

/** As JSON: `"",` around a name, and its stats with every number at its usual length. */
const NAME_BYTES = 3;
const STATS_BYTES = 160;

/**
 * Task: what is in a folder, sorted by code unit. A name and a row of numbers per entry instead of an object: passing
 * 55,000 entries with stats between threads takes the event loop 4 ms this way, and 25 as objects.
 */
export default function listFolder({ path, recursive, stats, maxResult }: Args): Listing {
  const answer = new AnswerSize("fs.ls", path, maxResult);
  const entries: TreeEntry[] = [];
  for (const entry of recursive ? walk(path) : entriesOf(path)) {
    answer.add(Buffer.byteLength(entry.relative) + NAME_BYTES + (stats ? STATS_BYTES : 0));
    entries.push(entry);
  }
  entries.sort((a, b) => byCodeUnit(a.relative, b.relative));
  return stats ? withStats(entries) : { names: joined(entries), stats: new Float64Array() };
}

/** What has vanished since it was listed is left out. */
function withStats(entries: TreeEntry[]): Listing {
  const packed = new Float64Array(entries.length * PACKED);
  const present: TreeEntry[] = [];
  for (const entry of entries) {
    const stats = entry.lstat();
    if (stats === undefined) continue;
    packStats(stats, packed, present.length * PACKED);
    present.push(entry);
  }
  return { names: joined(present), stats: packed };
}

function joined(entries: TreeEntry[]): string {
  return entries.map(({ relative }) => `${relative}\0`).join("");
}
