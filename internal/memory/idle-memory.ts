import { startInterval } from "../../protocol/timers.ts";
import type { Logger } from "../base/log.ts";
import { trimArenas } from "./allocator.ts";
import { collectGarbage } from "./collect-garbage.ts";

/** Milliseconds between two looks at the use of the process. */
const INTERVAL = 4_000;
/** Looks in a row that must find the process idle before a collection. Threads without a task end after 10 s. */
const COLLECT_AFTER = 3;
/** The same before the arenas are trimmed: V8 frees the pages of ended threads within some seconds of a collection. */
const TRIM_AFTER = 5;
/** The process is idle if, since the last look, it used less than this share of one processor, … */
const IDLE_SHARE = 0.1;
/** … and finished at most so many pieces of work: the health checks of a load balancer are no load. */
const IDLE_WORKS = 4;
/** Growth in bytes, since the memory was last released, that is worth a collection. */
const WORTH = 16 * 1_048_576;
/** By so many bytes a release may raise what counts as unavoidable. It may have happened while memory was in use. */
const RISE = 8 * 1_048_576;

/**
 * Gives memory back to the system when the process is idle after work. V8 keeps the pages of ended threads until the
 * next collection of the main thread, which an idle service never has, and malloc keeps the free pages of its arenas.
 * There is no timer unless there was work since the last release.
 */
export class IdleMemory {
  readonly #log: Logger;
  readonly #interval: number;
  #timer: NodeJS.Timeout | undefined;
  /** At the last look. */
  #seen = { at: 0, cpu: 0 };
  /** Pieces of work since the last look. */
  #works = 0;
  /** Whether there was any since the first look that found the process idle. */
  #hasWorked = false;
  /** Consecutive looks that found the process idle. */
  #idle = 0;
  /** Resident bytes before the collection. */
  #before = 0;
  /** Resident bytes that count as unavoidable. */
  #atRest = process.memoryUsage.rss();

  /** `interval`: milliseconds between two looks. */
  constructor(log: Logger, interval: number = INTERVAL) {
    this.#log = log;
    this.#interval = interval;
  }

  /** Whether the timer runs. */
  get isLooking(): boolean {
    return this.#timer !== undefined;
  }

  /** The process has finished a piece of work: a call or a request. */
  worked(): void {
    this.#works++;
    if (!this.isLooking) this.#start();
  }

  close(): void {
    this.#stop();
  }

  #start(): void {
    this.#seen = seenNow();
    this.#idle = 0;
    this.#timer = startInterval(() => this.#look(), this.#interval).unref();
  }

  #look(): void {
    const before = this.#seen;
    this.#seen = seenNow();
    const share = (this.#seen.cpu - before.cpu) / (this.#seen.at - before.at);
    const isIdle = share < IDLE_SHARE && this.#works <= IDLE_WORKS;
    this.#hasWorked = this.#idle > 0 && (this.#hasWorked || this.#works > 0);
    this.#works = 0;
    this.#idle = isIdle ? this.#idle + 1 : 0;
    if (this.#idle === COLLECT_AFTER) this.#collect();
    else if (this.#idle === TRIM_AFTER) this.#trim();
  }

  #collect(): void {
    this.#before = process.memoryUsage.rss();
    if (this.#before - this.#atRest < WORTH) this.#finish();
    else {
      collectGarbage();
      this.#seen = seenNow(); // the collection is no work of the service
    }
  }

  #trim(): void {
    trimArenas();
    const after = process.memoryUsage.rss();
    this.#atRest = Math.min(after, this.#atRest + RISE);
    this.#finish();
    this.#log.debug({ before: this.#before, after }, "released unused memory");
  }

  /** Starts anew if there was work in the meantime, for example a health check. */
  #finish(): void {
    this.#idle = 0;
    if (!this.#hasWorked) this.#stop();
    this.#hasWorked = false;
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** Milliseconds by the clock, and of all threads on the processors. */
function seenNow(): { readonly at: number; readonly cpu: number } {
  const { user, system } = process.cpuUsage();
  return { at: performance.now(), cpu: (user + system) / 1_000 };
}
