import { runTask, type TaskTable } from "./in-place.ts";
import { throttled } from "./report.ts";
import { flattenError, type TaskMessage, type TaskOutcome } from "./task-outcome.ts";

/** Runs the task of a message in a thread of the pool. */
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
