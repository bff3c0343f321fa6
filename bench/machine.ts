import { availableParallelism, cpus, release, type } from "node:os";

/** What the figures were measured on, in one line. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() || process.arch;
  return `${model}, ${availableParallelism()} cores, ${type()} ${release()}, Node ${process.versions.node}`;
}
