import { XsysError } from "../../protocol/errors.ts";

export interface TurnLimits {
  /** Total number of jobs that may run at a time. */
  readonly places: number;
  /** Maximum number of running jobs per caller, so that one caller does not block the others. */
  readonly perCaller: number;
  /** Maximum number of waiting jobs per caller. */
  readonly waiting: number;
}

/** Marks the job as finished. */
export type Leave = () => void;

/** The queue of one caller. */
interface Line {
  running: number;
  /** Functions that start the waiting jobs, in order of arrival. */
  readonly waiting: Set<() => void>;
}

/**
 * Schedules jobs fairly among callers (round robin). However many jobs one caller has waiting, another caller's first
 * job waits only while all places are taken, and then only for the next free place.
 */
export class Turns {
  readonly #limits: TurnLimits;
  /** In the order in which they are served. */
  readonly #lines = new Map<unknown, Line>();
  #free: number;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
    this.#free = limits.places;
  }

  /**
   * Resolves when the job may begin.
   * @throws LIMIT_EXCEEDED when the caller has too many waiting, and the signal's reason.
   */
  async enter(caller: unknown, signal?: AbortSignal): Promise<Leave> {
    signal?.throwIfAborted();
    const line = this.#lines.get(caller) ?? { running: 0, waiting: new Set() };
    this.#lines.set(caller, line);
    if (this.#mayBegin(line)) this.#begin(line);
    else await this.#wait(line, signal);
    return () => this.#leave(caller, line);
  }

  #mayBegin({ running }: Line): boolean {
    return this.#free > 0 && running < this.#limits.perCaller;
  }

  #begin(line: Line): void {
    this.#free--;
    line.running++;
  }

  async #wait({ waiting }: Line, signal: AbortSignal | undefined): Promise<void> {
    if (waiting.size >= this.#limits.waiting) {
      throw new XsysError("LIMIT_EXCEEDED", `more than ${this.#limits.waiting} tasks of one caller are waiting`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => {
      if (waiting.delete(resolve)) reject(signal?.reason);
    };
    waiting.add(resolve);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      await promise;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #leave(caller: unknown, line: Line): void {
    this.#free++;
    line.running--;
    this.#beginNext();
    if (line.running === 0 && line.waiting.size === 0) this.#lines.delete(caller);
  }

  #beginNext(): void {
    for (const [caller, line] of this.#lines) {
      const [begin] = line.waiting;
      if (begin === undefined || !this.#mayBegin(line)) continue;
      line.waiting.delete(begin);
      this.#begin(line);
      this.#lines.delete(caller);
      this.#lines.set(caller, line); // move to the end: all other callers are served first
      begin();
      return;
    }
  }
}
