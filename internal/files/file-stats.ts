import type { Result } from "../../protocol/commands/index.ts";
import type { EntryStats } from "./native.ts";

export type FileStats = Result<"fs.stats">;

const FORMAT = 0o170000;
const [REGULAR, DIRECTORY, LINK] = [0o100000, 0o040000, 0o120000];

/** Times in unix seconds. */
export function fileStats(stats: EntryStats): FileStats {
  const { size, mode } = stats;
  return {
    size,
    is_file: (mode & FORMAT) === REGULAR,
    is_dir: (mode & FORMAT) === DIRECTORY,
    is_symlink: (mode & FORMAT) === LINK,
    modified: seconds(stats.mtimeMs),
    created: seconds(birth(stats)),
    accessed: seconds(stats.atimeMs),
    permissions: mode & 0o7777,
    readonly: (mode & 0o222) === 0,
  };
}

/**
 * Returns the same as JSON. Built by hand, because JSON.stringify takes three times as long for a tree of 50,000
 * entries.
 */
export function statsJson(stats: EntryStats): string {
  const { size, is_file, is_dir, is_symlink, modified, created, accessed, permissions, readonly } = fileStats(stats);
  return (
    `{"size":${size},"is_file":${is_file},"is_dir":${is_dir},"is_symlink":${is_symlink},"modified":${modified},` +
    `"created":${created},"accessed":${accessed},"permissions":${permissions},"readonly":${readonly}}`
  );
}

/** File systems without birth time report 0. */
function birth({ birthtimeMs, mtimeMs, ctimeMs, atimeMs }: EntryStats): number {
  return birthtimeMs > 0 ? birthtimeMs : Math.min(mtimeMs, ctimeMs, atimeMs);
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
