import type { TaskArgs, TaskName, TaskOptions, TaskResult, TaskRunner } from "../base/task-runner.ts";
import { type Report, throttled } from "./report.ts";

/** Loads each task's module. */
export type TaskTable = Readonly<Record<TaskName, () => Promise<{ default: unknown }>>>;

/** Runs one task on the calling thread, by its name in the table. */
export async function runTask(
  tasks: TaskTable,
  name: TaskName,
  args: unknown,
  report: Report | undefined,
): Promise<unknown> {
  const { default: task } = await tasks[name]();
  return (task as (args: unknown, report?: Report) => unknown)(args, report);
}

/**
 * Runs tasks on the calling thread. Tasks with a time limit run in a pool, because only a separate thread can be
 * stopped.
 */
export class InPlaceRunner implements TaskRunner {
  readonly threads = 1;
  readonly #tasks: TaskTable;
  readonly #openPool: () => Promise<TaskRunner>;
  #pool: Promise<TaskRunner> | undefined;

  /** `openPool` creates the runner for tasks with a time limit. It is called when the first one is run. */
  constructor(tasks: TaskTable, openPool: () => Promise<TaskRunner>) {
    this.#tasks = tasks;
    this.#openPool = openPool;
  }

  async run<N extends TaskName>(name: N, args: TaskArgs<N>, options: TaskOptions = {}): Promise<TaskResult<N>> {
    if (options.timeLimit !== undefined) {
      this.#pool ??= this.#openPool().catch((error) => {
        this.#pool = undefined; // the next task tries again
        throw error;
      });
      return (await this.#pool).run(name, args, options);
    }
    const report = options.progress && throttled(options.progress);
    return (await runTask(this.#tasks, name, args, report)) as TaskResult<N>;
  }

  async close(): Promise<void> {
    await (await this.#pool)?.close();
  }
}
