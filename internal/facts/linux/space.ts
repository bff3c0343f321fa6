import type { StatsFs } from "node:fs";

/** Bytes. */
export interface Space {
  readonly total: number;
  readonly used: number;
  /** To a user without privileges: file systems keep some back for root. */
  readonly available: number;
}

/** statfs(2) counts in fragments, which Node tells from 24.13 on; file systems of this machine have them as large as blocks. */
export function toSpace({ bsize, frsize = bsize, blocks, bfree, bavail }: StatsFs & { frsize?: number }): Space {
  return { total: blocks * frsize, used: (blocks - bfree) * frsize, available: bavail * frsize };
}
