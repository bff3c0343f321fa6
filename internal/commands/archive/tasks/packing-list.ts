import { isUtf8 } from "node:buffer";
import { constants, lstatSync, openSync, type Stats, statSync } from "node:fs";
import { basename, sep } from "node:path";
import { XsysError } from "../../../../protocol/errors.ts";
import { byCodeUnit } from "../../../files/by-code-unit.ts";
import { type EntryKind, isGone, walk } from "../../../files/walk.ts";

/** What goes into an archive. */
export interface PackedEntry {
  /** In the archive: with slashes, and none at the end of a folder's. */
  readonly name: string;
  readonly path: string;
  readonly kind: Exclude<EntryKind, "other">;
  readonly stats: Stats;
}

/**
 * A folder and all below it, or one file, sorted by name; a link given as the root is followed. The list is read before
 * anything is written, so an archive that comes to lie in the folder is not in it; an older one in its place is left out.
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

/** Undefined when it has vanished, or something else has taken its place. */
export function openPacked(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (isGone(error) || (error as NodeJS.ErrnoException).code === "ELOOP") return undefined;
    throw error;
  }
}
