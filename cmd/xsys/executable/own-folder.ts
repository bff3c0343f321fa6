import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Contents by file name. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** Whether a folder, or a file, is there, is no link, is this user's, and nobody else can write to it. */
export function isOwn(path: string, kind: "folder" | "file"): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || !(kind === "folder" ? stats.isDirectory() : stats.isFile())) return false;
  return process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & 0o077) === 0);
}

/** Whether something is there that belongs to another user. */
export function isSomebodyElses(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && process.getuid !== undefined && stats.uid !== process.getuid();
}

/** Whether a folder of this user's alone has exactly these files, as they should be. */
export function holds(folder: string, files: Files): boolean {
  if (!isOwn(folder, "folder")) return false;
  if (readdirSync(folder).length !== files.size) return false;
  return [...files].every(([name, bytes]) => {
    const file = join(folder, name);
    return isOwn(file, "file") && readFileSync(file).equals(bytes);
  });
}
