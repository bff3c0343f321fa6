import type { EndedChild } from "../facts.ts";
import { listKernelFolder, readKernelFile } from "./kernel-file.ts";
import { parseProcessLife } from "./process-life.ts";

/** The children of each thread are in a file of their own, proc_tid_children(5). */
export function readEndedChildren(): EndedChild[] {
  return listKernelFolder("/proc/self/task")
    .flatMap((thread) => (readKernelFile(`/proc/self/task/${thread}/children`) ?? "").split(" "))
    .filter((word) => word !== "")
    .flatMap((pid) => {
      const life = parseProcessLife(readKernelFile(`/proc/${pid}/stat`) ?? "");
      return life?.state === "Z" ? [{ pid: Number(pid), start: life.start }] : [];
    });
}
