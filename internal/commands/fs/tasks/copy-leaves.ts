import { lstatSync } from "node:fs";
import { checkpoint } from "../../../files/interrupt.ts";
import { entriesOf } from "../../../files/walk.ts";
import { type Packed, unpacked } from "../../../work/packed.ts";
import type { Report } from "../../../work/report.ts";
import { copyEntry } from "../shared/copy-entry.ts";
import type { CopyJob, CopyTally, FolderPair } from "../shared/copy-job.ts";
import { asExactPath, transplant } from "./exact-path.ts";
import { count, updateEntry } from "./update-entry.ts";

/** Task: copies the files and symbolic links of some of a tree's folders into folders that already exist. */
export default async function copyLeaves(
  { folders, job }: CopyLeavesArgs,
  report: Report = () => {},
): Promise<CopyTally> {
  const pause = checkpoint(job.interrupt);
  const tally: CopyTally = { copied: 0, skipped: 0, bytes: 0 };
  const updating = { job, tally, pace: { pause } };
  for (const { from, to, isOwn } of unpacked(folders)) {
    const [source, target] = [asExactPath(from), asExactPath(to)];
    for (const { kind, path } of entriesOf(source)) {
      const wait = pause();
      if (wait !== undefined) await wait;
      if (kind === "folder") continue;
      const copy = transplant(path, source, target);
      if (isOwn) {
        const copied = copyEntry(path, kind === "file", copy, job.keep, updating.pace);
        count(copied instanceof Promise ? await copied : copied, tally);
      } else await updateEntry(path, lstatSync(path), copy, updating);
      report({ done: tally.copied + tally.skipped, unit: "files", item: path.toString() });
    }
  }
  return tally;
}

interface CopyLeavesArgs {
  readonly folders: Packed<FolderPair[]>;
  readonly job: CopyJob;
}
