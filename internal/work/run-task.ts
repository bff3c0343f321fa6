import type { TaskName } from "../base/task-runner.ts";
import { type Report, throttled } from "./report.ts";
import { flattenError, type TaskMessage, type TaskOutcome } from "./task-outcome.ts";

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

/** What a thread of the pool does with a message. */
export async function runMessage(tasks: TaskTable, { name, args, port }: TaskMessage): Promise<TaskOutcome> {
  try {
    port?.postMessage("begun");
    const report = port && throttled((progress) => port.postMessage(progress));
    return { value: await runTask(tasks, name, args, report) };
  } catch (error) {
    return { error: flattenError(error) };
  } finally {
    port?.close();
  }
}
