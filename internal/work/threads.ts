import { availableParallelism } from "node:os";
import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { Piscina } from "piscina";
import { XsysError } from "../../protocol/errors.ts";
import { startTimer } from "../../protocol/timers.ts";
import { onBehalfOf } from "../base/on-behalf-of.ts";
import type { TaskArgs, TaskName, TaskOptions, TaskResult, TaskRunner } from "../base/task-runner.ts";
import { reviveError, type TaskMessage, type TaskNews, type TaskOutcome } from "./task-outcome.ts";
import { Turns } from "./turns.ts";

const IDLE_MILLISECONDS = 10_000;
/** As many callers can have all their threads at once; the operating system shares the processors out among them. */
const BUSY_CALLERS = 4;
const MAX_WAITING = 4_096;

/**
 * Runs tasks in a pool of threads, those of each caller in a few of them. A cancelled or overdue task ends with its
 * thread; the pool starts another.
 */
export class ThreadRunner implements TaskRunner {
  readonly #pool: Piscina;
  /**
   * The pool itself is never given more than it has threads for: what waits in its own queue it forgets when a thread
   * ends with its task, until somebody asks for another one (piscina 5.3).
   */
  readonly #turns: Turns;

  /** `entry` is the module that a thread runs for each task; `threads` is what one caller has at a time. */
  constructor({ entry, threads = Math.max(2, availableParallelism()) }: { entry: URL; threads?: number }) {
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

/** What is heard of a task while it runs: that it has begun, from when on its time counts, and how far it has come. */
interface Watched {
  /** The task's end of the line. */
  readonly port: MessagePort;
  /** Aborted when the time limit is over. */
  readonly overdue: AbortSignal;
  end(): void;
}

function watch({ timeLimit, progress }: TaskOptions): Watched | undefined {
  if (timeLimit === undefined && progress === undefined) return undefined;
  const { port1, port2 } = new MessageChannel();
  const overdue = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const hear = (told: TaskNews) => {
    if (told !== "begun") progress?.(told);
    else if (timeLimit !== undefined) timer = startTimer(() => overdue.abort(), timeLimit);
  };
  port1.on("message", hear);
  port1.unref();
  return {
    port: port2,
    overdue: overdue.signal,
    end: () => {
      // The task's end may come in before its last news, by another port.
      for (let left = receiveMessageOnPort(port1); left !== undefined; left = receiveMessageOnPort(port1))
        hear(left.message);
      clearTimeout(timer);
      port1.close();
    },
  };
}
