import { constants, createReadStream, lstatSync, rmSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { checkpoint } from "../../../files/interrupt.ts";
import { makeFolder } from "../../../files/make-folder.ts";
import { tempBeside, withRequestedPath } from "../../../files/temp-path.ts";
import { statOrMissing, throughLinks } from "../../../files/through-links.ts";
import { type ExactPath, walk } from "../../../files/walk.ts";
import { writeInto } from "../../../files/write-into.ts";
import { packed } from "../../../work/packed.ts";
import type { Report } from "../../../work/report.ts";
import { cannotCopy } from "../shared/copy-contents.ts";
import type { CopyJob, CopyPlan, CopyTally, FolderPair } from "../shared/copy-job.ts";
import { transplant } from "./exact-path.ts";
import { inTheWay, makePair } from "./make-pair.ts";
import { refuseOverlap } from "./overlap.ts";
import { updateEntry } from "./update-entry.ts";

/**
 * Task: the first stage of a copy. Checks for conflicts, copies a source that is not a folder, and creates a tree's
 * folders. A tree that contains a FIFO, socket or device is UNSUPPORTED, and nothing is created.
 */
export default async function planCopy(job: CopyJob, report: Report = () => {}): Promise<CopyPlan> {
  const stats = lstatSync(job.src);
  const old = await statOrMissing(job.dest);
  await refuseOverlap(job.src, stats, job.dest, old);
  const dest = await throughLinks(job.dest);
  if (stats.isDirectory()) return planTree(job, dest, old);
  return { dest, parts: [], leaves: 0, tally: await copyAlone(job, stats, { dest, old, report }) };
}

interface Place {
  readonly dest: string;
  readonly old: Stats | undefined;
  readonly report: Report;
}

async function copyAlone(job: CopyJob, stats: Stats, { dest, old, report }: Place): Promise<CopyTally> {
  if (old?.isDirectory()) throw inTheWay("IS_A_DIRECTORY", job.src, dest);
  if (!stats.isFile() && !stats.isSymbolicLink()) throw cannotCopy(job.src);
  makeFolder(dirname(dest));
  const tally: CopyTally = { copied: 0, skipped: 0, bytes: 0 };
  if (old === undefined || old.isFile()) {
    const onBytes = (done: number) => report({ done, total: Math.max(done, stats.size), unit: "bytes" });
    await updateEntry(job.src, stats, dest, { job, tally, pace: { pause: checkpoint(job.interrupt), onBytes } });
    return tally;
  }
  // Written to, not replaced: /dev/null must stay a device.
  const bytes = await writeInto(dest, constants.O_WRONLY, createReadStream(job.src));
  return { copied: 1, skipped: 0, bytes };
}

async function planTree(job: CopyJob, dest: string, old: Stats | undefined): Promise<CopyPlan> {
  if (old !== undefined && !old.isDirectory()) throw inTheWay("NOT_A_DIRECTORY", job.src, dest);
  const { folders: sources, leaves } = await foldersOf(job);
  makeFolder(dirname(dest));
  const temp = old === undefined ? tempBeside(dest) : undefined;
  const tally = { copied: 0, skipped: 0, bytes: 0 };
  try {
    const folders = sources.map((from) => makePair(from, transplant(from, job.src, temp ?? dest), temp !== undefined));
    return {
      dest,
      parts: dealOut(folders, job.threads).map(packed),
      leaves,
      tally,
      ...(temp !== undefined && { temp }),
    };
  } catch (error) {
    if (temp === undefined) throw error;
    rmSync(temp, { recursive: true, force: true });
    throw withRequestedPath(error, temp, dest);
  }
}

/** Minimum number of folders worth a thread, and the maximum that one thread takes at a time. */
const [MIN_FOLDERS, MAX_FOLDERS] = [32, 256];

function dealOut(folders: readonly FolderPair[], threads: number): FolderPair[][] {
  const each = Math.max(MIN_FOLDERS, Math.min(MAX_FOLDERS, Math.ceil(folders.length / threads)));
  return Array.from({ length: Math.ceil(folders.length / each) }, (_, part) =>
    folders.slice(part * each, (part + 1) * each),
  );
}

/**
 * The source folder and all folders below it, and the number of other entries. Throws if one of these cannot be copied.
 */
async function foldersOf({ src, interrupt }: CopyJob): Promise<{ folders: ExactPath[]; leaves: number }> {
  const pause = checkpoint(interrupt);
  const folders: ExactPath[] = [src];
  let leaves = 0;
  for (const { kind, path } of walk(src)) {
    const wait = pause();
    if (wait !== undefined) await wait;
    if (kind === "other") throw cannotCopy(path);
    if (kind === "folder") folders.push(path);
    else leaves++;
  }
  return { folders, leaves };
}
