import type { StatsFs } from "node:fs";

/** Space of a file system, in bytes. */
export interface Space {
  readonly total: number;
  readonly used: number;
  /** For users without privileges: file systems reserve some space for root. */
  readonly available: number;
}

/**
 * statfs(2) counts in fragments. Node reports their size since 24.13; on local file systems it equals the block size.
 */
export function toSpace({ bsize, frsize = bsize, blocks, bfree, bavail }: StatsFs & { frsize?: number }): Space {
  return { total: blocks * frsize, used: (blocks - bfree) * frsize, available: bavail * frsize };
}
