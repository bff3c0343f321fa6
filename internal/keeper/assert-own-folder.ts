import { statSync } from "node:fs";
import { XsysError } from "../../protocol/errors.ts";

/**
 * Refuses a folder that other users can write to: what should run is read from it.
 * @throws DENIED
 */
export function assertOwnFolder(folder: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return;
  const isOurs = stats.uid === process.getuid?.();
  if (isOurs && (stats.mode & 0o022) === 0) return;
  const reason = isOurs ? "other users can write to it" : "it belongs to another user";
  throw new XsysError("DENIED", `the folder ${folder} cannot be trusted: ${reason}`, { details: { folder } });
}
