import { tasks } from "../host/tasks.ts";
import { type Report, throttled } from "./report.ts";
import type { TaskArgs, TaskName, TaskOptions, TaskResult, TaskRunner } from "./task-runner.ts";

/** Runs tasks on the calling thread, save for those with a time limit, which only a thread of their own can keep. */
export class InPlaceRunner implements TaskRunner {
  #pool: TaskRunner | undefined;

  async run<N extends TaskName>(name: N, args: TaskArgs<N>, options: TaskOptions = {}): Promise<TaskResult<N>> {
    if (options.timeLimit !== undefined) {
      const { ThreadRunner } = await import("./threads.ts");
      this.#pool ??= new ThreadRunner({ threads: 1 });
      return this.#pool.run(name, args, options);
    }
    const { default: task } = await tasks[name]();
    const report = options.progress && throttled(options.progress);
    return (await (task as (args: TaskArgs<N>, report?: Report) => TaskResult<N>)(args, report)) as TaskResult<N>;
  }

  async close(): Promise<void> {
    await this.#pool?.close();
  }
}
