import { constants, openSync, type Stats, statSync } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { XsysError } from "../../protocol/errors.ts";
import type { ExactPath } from "./walk.ts";

/** If the file was replaced after it was checked, opening and reading still do not block. */
export const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file for reading. A folder is IS_A_DIRECTORY. A FIFO or a socket is INVALID_PARAMS and is not opened: its
 * contents may never end, and a writer waiting for a reader would be connected to this process. Devices such as
 * /dev/null are allowed.
 */
export async function openForReading(path: string, command: string): Promise<FileHandle> {
  refuseOthers(await stat(path), path, command);
  return open(path, READ_FLAGS);
}

/** Synchronous version for tasks. Returns the descriptor. */
export function openForReadingSync(path: ExactPath, command: string): number {
  refuseOthers(statSync(path), path, command);
  return openSync(path, READ_FLAGS);
}

function refuseOthers(stats: Stats, path: ExactPath, command: string): void {
  if (stats.isDirectory()) {
    throw new XsysError("IS_A_DIRECTORY", `${command} failed on ${path}: it is a folder`, {
      details: { path: String(path) },
    });
  }
  if (!stats.isFIFO() && !stats.isSocket()) return;
  const kind = stats.isFIFO() ? "a FIFO" : "a socket";
  throw new XsysError("INVALID_PARAMS", `${command} failed on ${path}: it is ${kind}, which has no contents to read`, {
    details: { path: String(path) },
  });
}
