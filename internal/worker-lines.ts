import type { Logger } from "./log.ts";

/** A line that a worker wrote. */
export interface WorkerLine {
  readonly worker: string;
  readonly stream: "stdout" | "stderr";
  readonly line: string;
}

/** Writes a worker's line into the service's log; whoever formats the log knows it by `outputLine`. */
export function logWorkerLine(log: Logger, { worker, stream, line }: WorkerLine): void {
  log.info({ worker, stream }, line);
}

/** The worker's line that a record of the log is, or undefined. */
export function outputLine({ worker, stream, msg }: Readonly<Record<string, unknown>>): WorkerLine | undefined {
  if (typeof worker !== "string" || (stream !== "stdout" && stream !== "stderr")) return undefined;
  return { worker, stream, line: String(msg) };
}
