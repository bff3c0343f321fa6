import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { getAssetKeys, getRawAsset } from "node:sea";
import { XsysError } from "../../../protocol/errors.ts";
import { type Files, holds, isOwn, isSomebodyElses } from "./own-folder.ts";

/**
 * The folder, of this user's alone, in which the assets lie whose keys begin with `prefix`, by the rest of their keys.
 * @throws DENIED where there is none that can be trusted, or made
 */
export function unpackAssets(prefix: string): string {
  const keys = getAssetKeys().filter((key) => key.startsWith(prefix));
  return unpack(new Map(keys.map((key) => [key.slice(prefix.length), new Uint8Array(getRawAsset(key))])));
}

/**
 * Lays files down once, below the first of the places that will do: a folder that is named by what is in it, and looked
 * at again before every use. It is made under another name, so that it is whole when it is found, whoever else starts.
 */
export function unpack(files: Files, places: readonly string[] = cachePlaces()): string {
  const problems: string[] = [];
  for (const place of places) {
    try {
      return unpackIn(place, files);
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  throw new XsysError("DENIED", `there is no folder to unpack in: ${problems.join("; ")}`);
}

/** The user's cache, and where that cannot be had (another's home, after sudo, or none), the temporary folder. */
export function cachePlaces(): string[] {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return [join(cache, "xsys"), join(tmpdir(), `xsys-cache-${process.getuid?.() ?? "user"}`)];
}

function unpackIn(place: string, files: Files): string {
  refuseAnothersHome(dirname(place));
  mkdirSync(place, { recursive: true, mode: 0o700 });
  if (!isOwn(place, "folder")) throw new Error(`${place} is not a folder of this user alone`);
  const folder = join(place, digestOf(files));
  if (holds(folder, files)) return folder;
  const made = write(place, files);
  try {
    replace(folder, made, files);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  if (!holds(folder, files)) throw new Error(`${folder} does not hold what was put there`);
  return folder;
}

/** What root leaves in a user's home (sudo keeps HOME), that user could neither use nor remove. */
function refuseAnothersHome(parent: string): void {
  if (parent === tmpdir()) return;
  let folder = parent;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  if (isSomebodyElses(folder)) throw new Error(`${folder} is somebody else's`);
}

function digestOf(files: Files): string {
  const hash = createHash("sha256");
  for (const [name, bytes] of files) hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  return hash.digest("hex").slice(0, 32);
}

function write(place: string, files: Files): string {
  const folder = mkdtempSync(join(place, ".new-")); // with mode 0700
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes, { mode: 0o700, flag: "wx" });
  return folder;
}

/** What is there and broken gives way. */
function replace(folder: string, made: string, files: Files): void {
  if (isRenamed(made, folder) || holds(folder, files)) return;
  const aside = `${made}.broken`;
  renameSync(folder, aside);
  rmSync(aside, { recursive: true, force: true });
  isRenamed(made, folder);
}

/** Of two that make a folder at once, one is first, and the other one finds it there. */
function isRenamed(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOTEMPTY", "EEXIST", "EPERM", "ENOTDIR"].includes(code)) return false;
    throw error;
  }
}
