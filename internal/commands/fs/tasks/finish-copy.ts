import { lstatSync, renameSync } from "node:fs";
import { keepAttributes } from "../shared/copy-entry.ts";
import type { CopyJob, CopyPlan, FolderPair } from "../shared/copy-job.ts";
import { asExactPath } from "./exact-path.ts";
import { moveInto } from "./move-into.ts";

/**
 * Task: the last stage of copying. The folders made get their modes, the inner ones first, and a new tree its name; when
 * another copy has taken that meanwhile, the tree is moved into what is there, file by file.
 */
export default function finishCopy({ plan, job }: { readonly plan: CopyPlan; readonly job: CopyJob }): void {
  const { temp, dest, folders } = plan;
  finishFolders(folders, job);
  if (temp === undefined) return;
  try {
    renameSync(temp, dest);
  } catch (error) {
    if (!TAKEN.has((error as NodeJS.ErrnoException).code)) throw error;
    finishFolders(moveInto(folders, temp, dest), job);
  }
}

/** What rename(2) says of a folder whose new name is a folder with something in it, or no folder; EPERM is Windows. */
const TAKEN = new Set<string | undefined>(["ENOTEMPTY", "EEXIST", "ENOTDIR", "EPERM"]);

function finishFolders(folders: readonly FolderPair[], job: CopyJob): void {
  for (const { from, to, isNew } of folders.toReversed()) {
    if (isNew) keepAttributes(lstatSync(asExactPath(from)), asExactPath(to), job.keep);
  }
}
