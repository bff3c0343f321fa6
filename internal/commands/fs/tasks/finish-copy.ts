import { lstatSync, renameSync } from "node:fs";
import { unpacked } from "../../../work/packed.ts";
import { keepAttributes } from "../shared/copy-entry.ts";
import type { CopyJob, CopyPlan, FolderPair } from "../shared/copy-job.ts";
import { asExactPath } from "./exact-path.ts";
import { moveInto } from "./move-into.ts";

/**
 * Task: the last stage of a copy. Sets the modes of the created folders, children first, and renames a new tree to its
 * destination. If another copy has created the destination meanwhile, the tree is merged into it file by file.
 */
export default function finishCopy({ plan, job }: { readonly plan: CopyPlan; readonly job: CopyJob }): void {
  const { temp, dest, parts } = plan;
  const folders = parts.flatMap(unpacked);
  finishFolders(folders, job);
  if (temp === undefined) return;
  try {
    renameSync(temp, dest);
  } catch (error) {
    if (!TAKEN.has((error as NodeJS.ErrnoException).code)) throw error;
    finishFolders(moveInto(folders, temp, dest), job);
  }
}

/** Errors of rename(2) when the destination is a folder with entries or not a folder; EPERM is Windows. */
const TAKEN = new Set<string | undefined>(["ENOTEMPTY", "EEXIST", "ENOTDIR", "EPERM"]);

function finishFolders(folders: readonly FolderPair[], job: CopyJob): void {
  for (const { from, to, isNew } of folders.toReversed()) {
    if (isNew) keepAttributes(lstatSync(asExactPath(from)), asExactPath(to), job.keep);
  }
}
