import { availableParallelism } from "node:os";
import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { Piscina } from "piscina";
import { XsysError } from "../../protocol/errors.ts";
import { startTimer } from "../../protocol/timers.ts";
import { onBehalfOf } from "../base/on-behalf-of.ts";
import type { TaskArgs, TaskName, TaskOptions, TaskResult, TaskRunner } from "../base/task-runner.ts";
import { reviveError, type TaskMessage, type TaskOutcome, type TaskUpdate } from "./task-outcome.ts";
import { Turns } from "./turns.ts";

const IDLE_MILLISECONDS = 10_000;
/**
 * Number of callers that can use all their threads at the same time. The operating system schedules these threads on
 * the processors.
 */
const BUSY_CALLERS = 4;
const MAX_WAITING = 4_096;

/**
 * Runs tasks in a pool of threads, with a limit per caller. A cancelled or overdue task is ended by terminating its
 * thread; the pool starts another one.
 */
export class ThreadRunner implements TaskRunner {
  readonly threads: number;
  readonly #pool: Piscina;
  /**
   * Never submits more tasks than the pool has threads: if a thread is terminated with its task, the pool does not run
   * the tasks in its own queue until another one is submitted (piscina 5.3).
   */
  readonly #turns: Turns;

  /** `entry` is the module that a thread runs for each task. `threads` is the maximum number of threads per caller. */
  constructor({ entry, threads = Math.max(2, availableParallelism()) }: { entry: URL; threads?: number }) {
    this.threads = threads;
    const places = BUSY_CALLERS * threads;
    this.#turns = new Turns({ places, perCaller: threads, waiting: MAX_WAITING });
    this.#pool = new Piscina({
      filename: entry.href,
      minThreads: 0,
      maxThreads: places,
      idleTimeout: IDLE_MILLISECONDS,
    });
  }

  async run<N extends TaskName>(name: N, args: TaskArgs<N>, options: TaskOptions = {}): Promise<TaskResult<N>> {
    const leave = await this.#turns.enter(onBehalfOf.getStore(), options.signal);
    try {
      return await this.#runNow(name, args, options);
    } finally {
      leave();
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #runNow<N extends TaskName>(name: N, args: TaskArgs<N>, options: TaskOptions): Promise<TaskResult<N>> {
    const watched = watch(options);
    try {
      const message: TaskMessage = { name, args, ...(watched && { port: watched.port }) };
      const signals = [options.signal, watched?.overdue].filter((signal) => signal !== undefined);
      const outcome: TaskOutcome = await this.#pool.run(message, {
        transferList: (watched === undefined ? [] : [watched.port]) as never, // typed as postMessage's other overload
        signal: signals.length > 0 ? AbortSignal.any(signals) : null,
      });
      if ("error" in outcome) throw reviveError(outcome.error);
      return outcome.value as TaskResult<N>;
    } catch (error) {
      if (watched?.overdue.aborted) {
        throw new XsysError("TIMEOUT", `${name} took longer than ${options.timeLimit} ms`, { cause: error });
      }
      throw error;
    } finally {
      watched?.end();
    }
  }
}

/** Receives updates of a running task: its start, from which the time limit counts, and its progress. */
interface Watched {
  /** The port for the task. */
  readonly port: MessagePort;
  /** Aborted when the time limit has passed. */
  readonly overdue: AbortSignal;
  end(): void;
}

function watch({ timeLimit, progress }: TaskOptions): Watched | undefined {
  if (timeLimit === undefined && progress === undefined) return undefined;
  const { port1, port2 } = new MessageChannel();
  const overdue = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const receive = (update: TaskUpdate) => {
    if (update !== "begun") progress?.(update);
    else if (timeLimit !== undefined) timer = startTimer(() => overdue.abort(), timeLimit);
  };
  port1.on("message", receive);
  port1.unref();
  return {
    port: port2,
    overdue: overdue.signal,
    end: () => {
      // The result, which uses another port, may arrive before the last updates.
      for (let left = receiveMessageOnPort(port1); left !== undefined; left = receiveMessageOnPort(port1))
        receive(left.message);
      clearTimeout(timer);
      port1.close();
    },
  };
}
