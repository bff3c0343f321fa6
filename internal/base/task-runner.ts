import type { Progress } from "../../protocol/wire/event-stream.ts";

/**
 * The modules of all tasks, by name: a function that loads each. The table is host/tasks.ts, which declares it here, so that
 * what stands on base/ is typed by it without importing it.
 */
// biome-ignore lint/suspicious/noEmptyInterface: host/tasks.ts fills it
export interface TaskModules {}

/** Name of a task: work that would block the event loop. */
export type TaskName = keyof TaskModules;
type TaskFunction<N extends TaskName> =
  Awaited<ReturnType<TaskModules[N]>> extends { default: infer F extends (...args: never) => unknown } ? F : never;
export type TaskArgs<N extends TaskName> = Parameters<TaskFunction<N>>[0];
export type TaskResult<N extends TaskName> = Awaited<ReturnType<TaskFunction<N>>>;

export interface TaskOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which it fails with TIMEOUT. Set it wherever a caller's regular expression runs. */
  readonly timeLimit?: number | undefined;
  /** Called with the task's progress, a few times a second at most. */
  readonly progress?: ((progress: Progress) => void) | undefined;
}

/** Runs tasks: in a pool of threads in a service, where the loop serves others, and in place in a one-shot command. */
export interface TaskRunner {
  run<N extends TaskName>(name: N, args: TaskArgs<N>, options?: TaskOptions): Promise<TaskResult<N>>;
  close(): Promise<void>;
}
