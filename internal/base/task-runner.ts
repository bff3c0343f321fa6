import type { Progress } from "../../protocol/wire/event-stream.ts";

/**
 * The loaders of all task modules, by name. host/tasks.ts contains the table and adds its type to this interface, so
 * that lower layers can use the type without importing the table.
 */
// biome-ignore lint/suspicious/noEmptyInterface: extended in host/tasks.ts
export interface TaskModules {}

/** Name of a task. Tasks are work that would block the event loop. */
export type TaskName = keyof TaskModules;
type TaskFunction<N extends TaskName> =
  Awaited<ReturnType<TaskModules[N]>> extends { default: infer F extends (...args: never) => unknown } ? F : never;
export type TaskArgs<N extends TaskName> = Parameters<TaskFunction<N>>[0];
export type TaskResult<N extends TaskName> = Awaited<ReturnType<TaskFunction<N>>>;

export interface TaskOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds after which the task fails with TIMEOUT. Required if the task runs a regular expression of the caller.
   */
  readonly timeLimit?: number | undefined;
  /** Called with the task's progress, at most a few times per second. */
  readonly progress?: ((progress: Progress) => void) | undefined;
}

/**
 * Runs tasks: in a thread pool in a service, to keep its event loop free, and in the main thread in a one-shot command.
 */
export interface TaskRunner {
  /** Number of tasks of one caller that run at the same time. */
  readonly threads: number;
  run<N extends TaskName>(name: N, args: TaskArgs<N>, options?: TaskOptions): Promise<TaskResult<N>>;
  close(): Promise<void>;
}
