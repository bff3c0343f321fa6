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

/** Runs tasks on the calling thread, except those with a time limit, which only a thread of their own can keep. */
export class InPlaceRunner implements TaskRunner {
  readonly #tasks: TaskTable;
  readonly #openPool: () => Promise<TaskRunner>;
  #pool: Promise<TaskRunner> | undefined;

  /** `openPool` makes the runner for tasks with a time limit, at the first of them. */
  constructor(tasks: TaskTable, openPool: () => Promise<TaskRunner>) {
    this.#tasks = tasks;
    this.#openPool = openPool;
  }

  async run<N extends TaskName>(name: N, args: TaskArgs<N>, options: TaskOptions = {}): Promise<TaskResult<N>> {
    if (options.timeLimit !== undefined) {
      this.#pool ??= this.#openPool();
      return (await this.#pool).run(name, args, options);
    }
    const report = options.progress && throttled(options.progress);
    return (await runTask(this.#tasks, name, args, report)) as TaskResult<N>;
  }

  async close(): Promise<void> {
    await (await this.#pool)?.close();
  }
}
