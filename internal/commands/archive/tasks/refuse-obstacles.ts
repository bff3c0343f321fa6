import { lstatSync } from "node:fs";
import { join } from "node:path";
import { type ErrorCode, XsysError } from "../../../../protocol/errors.ts";
import type { Kind } from "./layout.ts";

/** Throws when an existing file in the destination conflicts with an entry of the archive. */
export function refuseObstacles(command: string, dest: string, kinds: ReadonlyMap<string, Kind>): void {
  /** Existing folders. The contents of other folders need not be checked. */
  const there = new Set([""]);
  for (const [path, kind] of kinds) {
    if (!there.has(path.slice(0, Math.max(0, path.lastIndexOf("/"))))) continue;
    const place = join(dest, path);
    const stats = lstatSync(place, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (stats.isDirectory()) {
      if (kind !== "folder")
        throw refusal(command, "IS_A_DIRECTORY", place, `a ${kind} of the archive would replace it`);
      there.add(path);
    } else if (kind === "folder") {
      if (stats.isSymbolicLink())
        throw refusal(command, "DENIED", place, "it is a symbolic link, which may lead outside");
      throw refusal(command, "NOT_A_DIRECTORY", place, "a folder of the archive would replace it");
    }
  }
}

function refusal(command: string, code: ErrorCode, path: string, why: string): XsysError {
  return new XsysError(code, `${command} failed on ${path}: ${why}`, { details: { path } });
}
