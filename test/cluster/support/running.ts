import { isRunning } from "../../support/process-state.ts";

export { isRunning };

/** Resolves when a process has ended. A zombie has ended. */
export async function gone(pid: number | undefined): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}
