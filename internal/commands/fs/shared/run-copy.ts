import type { Context } from "../../../base/context.ts";
import { interruptible } from "../../../files/interrupt.ts";
import { withRequestedPath } from "../../../files/temp-path.ts";
import { inTurn } from "../../../work/in-turn.ts";
import type { Packed } from "../../../work/packed.ts";
import { jointly } from "../../../work/report.ts";
import type { CopyJob, CopyPlan, CopyTally, FolderPair } from "./copy-job.ts";

const MAX_THREADS = 4;

/**
 * Copies a file, a symbolic link or a tree. A service copies a tree in several threads. A file is replaced atomically. A
 * new tree appears atomically, and nothing of it is left on failure. Into an existing folder a tree is merged file by file.
 */
export function runCopy(request: Omit<CopyJob, "interrupt" | "threads">, context: Context): Promise<CopyTally> {
  return interruptible(context.signal, async (interrupt) => {
    const job = { ...request, interrupt, threads: Math.min(MAX_THREADS, context.host.tasks.threads) };
    const plan = await context.host.tasks.run("plan-copy", job, { progress: context.progress });
    if (plan.parts.length === 0) {
      const { bytes } = plan.tally;
      context.progress?.({ done: bytes, total: bytes, unit: "bytes" });
      return plan.tally;
    }
    try {
      const tally = await copyAllLeaves(plan, job, context);
      await context.host.tasks.run("finish-copy", { plan, job });
      const done = tally.copied + tally.skipped;
      context.progress?.({ done, total: done, unit: "files" });
      return tally;
    } catch (error) {
      const { temp, dest } = plan;
      if (temp === undefined) throw error;
      await context.host.tasks.run("remove-tree", { path: temp, unlock: true }).catch(() => {});
      throw withRequestedPath(error, temp, dest);
    }
  });
}

/**
 * The first failure stops all threads. It is thrown once all of them have stopped, so that nothing is written
 * afterwards.
 */
async function copyAllLeaves({ parts, leaves }: CopyPlan, job: CopyJob, { host, progress }: Context) {
  const report = progress && jointly(({ done, ...rest }) => progress({ ...rest, done, total: Math.max(leaves, done) }));
  const run = async (folders: Packed<FolderPair[]>) => {
    try {
      return await host.tasks.run("copy-leaves", { folders, job }, { progress: report?.() });
    } catch (error) {
      Atomics.store(job.interrupt, 0, 1);
      throw error;
    }
  };
  return (await inTurn(parts, job.threads, run)).reduce(sum);
}

function sum(a: CopyTally, b: CopyTally): CopyTally {
  return { copied: a.copied + b.copied, skipped: a.skipped + b.skipped, bytes: a.bytes + b.bytes };
}
