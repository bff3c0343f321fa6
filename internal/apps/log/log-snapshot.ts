import type { FileHandle } from "node:fs/promises";
import { logPath, type RotatedFile, rotatedFiles } from "../../keeper/log/log-names.ts";
import { openIfThere } from "./log-bytes.ts";

/** The files of a log at one point in time. */
export interface LogSnapshot {
  /** Oldest first. */
  readonly rotated: readonly RotatedFile[];
  /** The file that is written to, open; undefined while there is none. */
  readonly current: FileHandle | undefined;
}

/** Opens the current file. It follows on the last rotated file: no rotation happens in between. */
export async function takeSnapshot(folder: string, name: string): Promise<LogSnapshot> {
  for (;;) {
    const before = rotatedFiles(folder, name);
    const current = await openIfThere(logPath(folder, name));
    const rotated = rotatedFiles(folder, name);
    if (before.at(-1)?.stamp === rotated.at(-1)?.stamp) return { rotated, current };
    await current?.close();
  }
}
