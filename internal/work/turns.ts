import { XsysError } from "../../protocol/errors.ts";

export interface TurnLimits {
  /** Places of all. */
  readonly places: number;
  /** Places that one caller has at a time, so that the others' work does not wait for its. */
  readonly perCaller: number;
  /** Jobs of one caller that wait. */
  readonly waiting: number;
}

/** Gives the place back. */
export type Leave = () => void;

/** One caller's jobs. */
interface Line {
  running: number;
  /** What lets each of those that wait begin, in the order they came. */
  readonly waiting: Set<() => void>;
}

/**
 * Places for work, given to callers in turn: however many jobs one has waiting, another's first job waits only while all
 * places are taken, and then for one of them.
 */
export class Turns {
  readonly #limits: TurnLimits;
  /** In the order of their turns. */
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
    const giveUp = () => {
      if (waiting.delete(resolve)) reject(signal?.reason);
    };
    waiting.add(resolve);
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      await promise;
    } finally {
      signal?.removeEventListener("abort", giveUp);
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
      this.#lines.set(caller, line); // its next turn comes after everybody else's
      begin();
      return;
    }
  }
}
