import { isUtf8 } from "node:buffer";
import { constants, lstatSync, openSync, type Stats, statSync } from "node:fs";
import { basename, sep } from "node:path";
import { XsysError } from "../../../../protocol/errors.ts";
import { byCodeUnit } from "../../../files/by-code-unit.ts";
import { type EntryKind, isGone, walk } from "../../../files/walk.ts";

/** A file, folder or symbolic link to pack. */
export interface PackedEntry {
  /** Name in the archive: with slashes, and without one at the end of a folder's. */
  readonly name: string;
  readonly path: string;
  readonly kind: Exclude<EntryKind, "other">;
  readonly stats: Stats;
}

/**
 * Lists a folder and everything below it, or one file, sorted by name. A symbolic link given as the root is followed.
 * The list is complete before anything is written, so an archive created inside the folder is not included. An existing
 * file at the output path is left out.
 */
export function packingList(command: string, root: string, output: string): PackedEntry[] {
  const old = statSync(output, { throwIfNoEntry: false });
  const top = statSync(root);
  const base = basename(root);
  if (!top.isDirectory()) {
    if (top.isFile()) return [{ name: base, path: root, kind: "file", stats: top }];
    throw new XsysError("INVALID_PARAMS", `${command} failed on ${root}: it is neither a folder nor a file`, {
      details: { path: root },
    });
  }
  const entries: PackedEntry[] = base === "" ? [] : [{ name: base, path: root, kind: "folder", stats: top }];
  for (const { kind, path, relative } of walk(root)) {
    if (kind === "other") continue;
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined || (kind === "file" && stats.ino === old?.ino && stats.dev === old.dev)) continue;
    const name = [base, relative.replaceAll(sep, "/")].filter((part) => part !== "").join("/");
    entries.push({ name, path: asText(command, path), kind, stats });
  }
  return entries.sort((a, b) => byCodeUnit(a.name, b.name));
}

function asText(command: string, path: string | Buffer): string {
  if (typeof path === "string" || isUtf8(path)) return path.toString();
  throw new XsysError("UNSUPPORTED", `${command} failed on ${path}: its name is not UTF-8`, {
    details: { path: path.toString() },
  });
}

/** Opens a file to pack. Undefined when it has vanished or is now a symbolic link. */
export function openPacked(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (isGone(error) || (error as NodeJS.ErrnoException).code === "ELOOP") return undefined;
    throw error;
  }
}
