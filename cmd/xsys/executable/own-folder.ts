import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Contents by file name. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** Whether a directory or file exists, is not a link, belongs to this user, and is not accessible to others. */
export function isOwn(path: string, kind: "folder" | "file"): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || !(kind === "folder" ? stats.isDirectory() : stats.isFile())) return false;
  return process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & 0o077) === 0);
}

/** Whether the path exists and belongs to another user. */
export function isOwnedByAnother(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && process.getuid !== undefined && stats.uid !== process.getuid();
}

/** Whether a directory accessible only to this user contains exactly these files with these contents. */
export function holds(folder: string, files: Files): boolean {
  if (!isOwn(folder, "folder")) return false;
  if (readdirSync(folder).length !== files.size) return false;
  return [...files].every(([name, bytes]) => {
    const file = join(folder, name);
    return isOwn(file, "file") && readFileSync(file).equals(bytes);
  });
}
