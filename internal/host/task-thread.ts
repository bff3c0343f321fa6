import { runMessage } from "../work/run-message.ts";
import type { TaskMessage, TaskOutcome } from "../work/task-outcome.ts";
import { tasks } from "./tasks.ts";

/** Entry point of a pool thread: runs one task. */
export default (message: TaskMessage): Promise<TaskOutcome> => runMessage(tasks, message);
