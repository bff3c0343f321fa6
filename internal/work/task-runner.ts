import type { Progress } from "../../protocol/wire/event-stream.ts";
import type { tasks } from "../host/tasks.ts";

/** Name of a piece of work that would hold up the event loop. */
export type TaskName = keyof typeof tasks;
type TaskFunction<N extends TaskName> = Awaited<ReturnType<(typeof tasks)[N]>>["default"];
export type TaskArgs<N extends TaskName> = Parameters<TaskFunction<N>>[0];
export type TaskResult<N extends TaskName> = Awaited<ReturnType<TaskFunction<N>>>;

export interface TaskOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which it is a TIMEOUT. Set it wherever a caller's regular expression runs. */
  readonly timeLimit?: number | undefined;
  /** Told how far the task has come, a few times a second at the most. */
  readonly progress?: ((progress: Progress) => void) | undefined;
}

/** Runs tasks: in a pool of threads in a service, where the loop serves others, and in place in a one-shot command. */
export interface TaskRunner {
  run<N extends TaskName>(name: N, args: TaskArgs<N>, options?: TaskOptions): Promise<TaskResult<N>>;
  close(): Promise<void>;
}
