import { tasks } from "../host/tasks.ts";
import { type Report, throttled } from "./report.ts";
import { flattenError, type TaskMessage, type TaskOutcome } from "./task-outcome.ts";

/** A pool thread's entry: runs one task by name. */
export default async function run({ name, args, port }: TaskMessage): Promise<TaskOutcome> {
  try {
    port?.postMessage("begun");
    const { default: task } = await tasks[name]();
    const report = port && throttled((progress) => port.postMessage(progress));
    return { value: await (task as (args: unknown, report?: Report) => unknown)(args, report) };
  } catch (error) {
    return { error: flattenError(error) };
  } finally {
    port?.close();
  }
}
