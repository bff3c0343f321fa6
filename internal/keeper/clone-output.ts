import { closeSync, mkdirSync } from "node:fs";
import { createLogPipe, type LogPipe, type PipeOwner } from "./log/log-pipe.ts";
import type { LogWriter } from "./log/log-writer.ts";

/** The output of a clone: a pipe for each stream, which outlives the keeper, and the log that it goes to. */
export interface CloneOutput {
  /** The ends of the clone. */
  readonly descriptors: readonly [stdout: number, stderr: number];
  /** The clone has its ends, or could not be started: they are closed in this process. */
  release(): void;
  /** Writes what the clone has printed, and passes its last lines on. */
  finish(): void;
}

export type OnLine = (stream: "stdout" | "stderr", line: string) => void;

export interface OutputOrigin {
  readonly clone: string;
  /** User and group of the process, if they are not those of the keeper. */
  readonly owner?: PipeOwner | undefined;
}

/** Creates the pipes of a new clone. @throws an error of the operating system */
export function createOutput(
  folder: string,
  { clone, owner }: OutputOrigin,
  writer: LogWriter,
  line: OnLine,
): CloneOutput {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const since = Date.now();
  const [stdout, stderr] = (["stdout", "stderr"] as const).map((stream) =>
    createLogPipe(folder, { clone, stream }, writer, owner),
  ) as [ReturnType<typeof createLogPipe>, ReturnType<typeof createLogPipe>];
  return {
    descriptors: [stdout.descriptor, stderr.descriptor],
    release: () => {
      closeSync(stdout.descriptor);
      closeSync(stderr.descriptor);
    },
    finish: () => finish([stdout.pipe, stderr.pipe], { clone, since, writer, line }),
  };
}

/** The output of a clone that an earlier keeper has started, with the pipes that were found. */
export function foundOutput(
  pipes: readonly LogPipe[],
  clone: string,
  writer: LogWriter,
  line: OnLine,
): Pick<CloneOutput, "finish"> {
  const own = pipes.filter((pipe) => pipe.clone === clone);
  return { finish: () => finish(own, { clone, since: 0, writer, line }) };
}

interface Finishing {
  readonly clone: string;
  readonly since: number;
  readonly writer: LogWriter;
  readonly line: OnLine;
}

function finish(pipes: readonly LogPipe[], { clone, since, writer, line }: Finishing): void {
  for (const pipe of pipes) pipe.drain();
  for (const record of writer.tail(clone)) {
    if (record.time >= since && record.stream !== "note") line(record.stream, record.line);
  }
}
