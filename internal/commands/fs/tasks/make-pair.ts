import { lstatSync, mkdirSync } from "node:fs";
import { type ErrorCode, XsysError } from "../../../../protocol/errors.ts";
import type { ExactPath } from "../../../files/walk.ts";
import type { FolderPair } from "../shared/copy-job.ts";

/**
 * Creates a folder that only this user may enter until it is complete. A symbolic link in its place is not followed.
 */
export function makePair(from: ExactPath, to: ExactPath, isOwn: boolean): FolderPair {
  try {
    mkdirSync(to, 0o700);
    return { from, to, isNew: true, isOwn };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (!lstatSync(to).isDirectory()) throw inTheWay("NOT_A_DIRECTORY", from, to);
    return { from, to, isNew: false, isOwn: false };
  }
}

export function inTheWay(code: ErrorCode, src: ExactPath, dest: ExactPath): XsysError {
  const what = code === "IS_A_DIRECTORY" ? "a directory" : "not a directory";
  return new XsysError(code, `copying failed on ${src}: ${dest} is ${what}`, { details: { path: dest.toString() } });
}
