import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { AppSpec } from "../app-spec.ts";

/** What files were, by path. */
export type Fingerprints = Readonly<Record<string, string>>;

/** Number of files of a command that are compared. */
const MAX_FILES = 8;
/** Larger files, such as the program `node`, are compared by size and time: reading them would delay each start. */
const MAX_READ = 4 * 1024 ** 2;

/** Of the files that the words of a command name. Those that cannot be read are left out. */
export async function fingerprintsOf({ command, cwd }: AppSpec): Promise<Fingerprints> {
  const files: Record<string, string> = {};
  for (const path of new Set(command.map((word) => resolve(cwd, word)))) {
    const fingerprint = await fingerprintOf(path).catch(() => undefined);
    if (fingerprint === undefined) continue;
    files[path] = fingerprint;
    if (Object.keys(files).length === MAX_FILES) break;
  }
  return files;
}

/** Paths of files that are not the same in both, or exist in one only. */
export function differingFiles(a: Fingerprints, b: Fingerprints): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((path) => a[path] !== b[path]);
}

async function fingerprintOf(path: string): Promise<string | undefined> {
  const stats = await stat(path);
  if (!stats.isFile()) return undefined;
  if (stats.size > MAX_READ) return `${stats.size} bytes of ${stats.mtime.toISOString()}`;
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { end: MAX_READ })) hash.update(chunk);
  return hash.digest("hex").slice(0, 16);
}
