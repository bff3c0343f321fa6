import type { TaskRunner } from "../base/task-runner.ts";
import { ThreadRunner } from "../work/threads.ts";

/** Runs all tasks in threads; `threads` is how many one caller has at a time, by default one for each processor. */
export function threadRunner(options: { readonly threads?: number } = {}): TaskRunner {
  return new ThreadRunner({ entry: new URL("./task-thread.ts", import.meta.url), ...options });
}
