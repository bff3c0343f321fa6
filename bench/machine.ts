import { availableParallelism, cpus, release, type } from "node:os";

/** Describes the machine of the measurement, in one line. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() || process.arch;
  return `${model}, ${availableParallelism()} cores, ${type()} ${release()}, Node ${process.versions.node}`;
}
