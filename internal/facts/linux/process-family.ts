import { listKernelFolder, readKernelFile } from "./kernel-file.ts";

/** Maximum number of processes in the result. It bounds the work when a process starts children without end. */
const MAX_FAMILY = 64;
/** Maximum number of threads per process whose children are read. Most often the first thread has all of them. */
const MAX_THREADS = 64;

/** The children of each thread are in a file of their own, proc_tid_children(5). Reading one takes 10 µs. */
export function readProcessFamily(pid: number): number[] {
  const family = [pid];
  for (let i = 0; i < family.length && family.length < MAX_FAMILY; i++) {
    const folder = `/proc/${family[i]}/task`;
    for (const thread of listKernelFolder(folder).slice(0, MAX_THREADS)) {
      const children = readKernelFile(`${folder}/${thread}/children`) ?? "";
      family.push(...children.split(" ").filter(Boolean).map(Number));
    }
  }
  return family.slice(0, MAX_FAMILY);
}
