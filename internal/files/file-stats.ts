import type { Stats } from "node:fs";
import type { Result } from "../../protocol/commands/index.ts";

export type FileStats = Result<"fs.stats">;

export function fileStats(stats: Stats): FileStats {
  const packed = new Float64Array(PACKED);
  packStats(stats, packed, 0);
  return unpackStats(packed, 0);
}

/** How many numbers a packed entry has: size, mode, modified, created, accessed. */
export const PACKED = 5;

const FORMAT = 0o170000;
const [REGULAR, DIRECTORY, LINK] = [0o100000, 0o040000, 0o120000];

/**
 * Stats as numbers, with the times in unix seconds, so that those of a whole tree go from a thread to the event loop as
 * one array instead of an object each. The kind is in the mode, as in st_mode.
 */
export function packStats(stats: Stats, packed: Float64Array, at: number): void {
  packed[at] = stats.size;
  packed[at + 1] = stats.mode;
  packed[at + 2] = seconds(stats.mtimeMs);
  packed[at + 3] = seconds(birth(stats));
  packed[at + 4] = seconds(stats.atimeMs);
}

/** The stats packed from an index on. */
export function unpackStats(packed: Float64Array, at: number): FileStats {
  const mode = packed[at + 1] as number;
  return {
    size: packed[at] as number,
    is_file: (mode & FORMAT) === REGULAR,
    is_dir: (mode & FORMAT) === DIRECTORY,
    is_symlink: (mode & FORMAT) === LINK,
    modified: packed[at + 2] as number,
    created: packed[at + 3] as number,
    accessed: packed[at + 4] as number,
    permissions: mode & 0o7777,
    readonly: (mode & 0o222) === 0,
  };
}

/** A file system that keeps no birth time tells 0. */
function birth({ birthtimeMs, mtimeMs, ctimeMs, atimeMs }: Stats): number {
  return birthtimeMs > 0 ? birthtimeMs : Math.min(mtimeMs, ctimeMs, atimeMs);
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
