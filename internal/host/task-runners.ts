import type { TaskRunner } from "../base/task-runner.ts";
import { InPlaceRunner } from "../work/in-place.ts";
import { tasks } from "./tasks.ts";

/** Runs all tasks in threads; `threads` is how many one caller has at a time, by default one for each processor. */
export async function threadRunner(options: { readonly threads?: number } = {}): Promise<TaskRunner> {
  const { ThreadRunner } = await import("../work/threads.ts");
  return new ThreadRunner({ entry: new URL("./task-thread.ts", import.meta.url), ...options });
}

/** Runs tasks in the calling thread, those with a time limit in a thread of their own. */
export function inPlaceRunner(): TaskRunner {
  return new InPlaceRunner(tasks, () => threadRunner({ threads: 1 }));
}
