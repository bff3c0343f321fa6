import { lstatSync, renameSync } from "node:fs";
import { keepAttributes } from "./copy-entry.ts";
import type { CopyJob, CopyPlan } from "./copy-job.ts";
import { asExactPath } from "./exact-path.ts";

/** Task: the last stage of copying. The folders made get their modes, the inner ones first, and a new tree its name. */
export default function finishCopy({ plan, job }: { readonly plan: CopyPlan; readonly job: CopyJob }): void {
  for (const { from, to, isNew } of plan.folders.toReversed()) {
    if (isNew) keepAttributes(lstatSync(asExactPath(from)), asExactPath(to), job.keep);
  }
  if (plan.temp !== undefined) renameSync(plan.temp, plan.dest);
}
