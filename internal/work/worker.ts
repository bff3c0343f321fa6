import { tasks } from "../tasks.ts";
import { flattenError, type TaskOutcome } from "./task-outcome.ts";

/** A pool thread's entry: runs one task by name. */
export default async function run({ name, args }: { name: keyof typeof tasks; args: unknown }): Promise<TaskOutcome> {
  try {
    const { default: task } = await tasks[name]();
    return { value: await (task as (args: unknown) => unknown)(args) };
  } catch (error) {
    return { error: flattenError(error) };
  }
}
