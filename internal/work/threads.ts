import { availableParallelism } from "node:os";
import { Piscina } from "piscina";
import { XsysError } from "../../protocol/errors.ts";
import { reviveError, type TaskOutcome } from "./task-outcome.ts";
import type { TaskArgs, TaskName, TaskOptions, TaskResult, TaskRunner } from "./task-runner.ts";

const IDLE_MILLISECONDS = 10_000;
const MAX_QUEUED = 4_096;

/** Runs tasks in a pool of threads. A cancelled or overdue task ends with its thread; the pool starts another. */
export class ThreadRunner implements TaskRunner {
  readonly #pool: Piscina;

  constructor({ threads = Math.max(2, availableParallelism()) }: { threads?: number } = {}) {
    this.#pool = new Piscina({
      filename: new URL("./worker.ts", import.meta.url).href,
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: IDLE_MILLISECONDS,
      maxQueue: MAX_QUEUED,
    });
  }

  async run<N extends TaskName>(
    name: N,
    args: TaskArgs<N>,
    { signal, timeLimit }: TaskOptions = {},
  ): Promise<TaskResult<N>> {
    const overdue = timeLimit === undefined ? undefined : AbortSignal.timeout(timeLimit);
    const signals = [signal, overdue].filter((s) => s !== undefined);
    try {
      const outcome: TaskOutcome = await this.#pool.run(
        { name, args },
        signals.length > 0 ? { signal: AbortSignal.any(signals) } : {},
      );
      if ("error" in outcome) throw reviveError(outcome.error);
      return outcome.value as TaskResult<N>;
    } catch (error) {
      if (overdue?.aborted)
        throw new XsysError("TIMEOUT", `${name} took longer than ${timeLimit} ms`, { cause: error });
      if (this.#pool.queueSize >= MAX_QUEUED) {
        throw new XsysError("LIMIT_EXCEEDED", `more than ${MAX_QUEUED} tasks are waiting`, { cause: error });
      }
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
