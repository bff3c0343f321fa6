import { startTimer } from "../../../protocol/timers.ts";
import type { AppSpec } from "../app-spec.ts";
import type { NextTime } from "./cron-times.ts";
import type { RestartDeps } from "./restart-deps.ts";

/** Longest timer in milliseconds: the clock may be set, and the machine may sleep. */
const CHECK = 30_000;
/** Milliseconds after its time at which a restart is not done any more, because the machine has slept. */
const TOO_LATE = 60_000;

/** Restarts an app at the times of a cron expression. */
export class CronRestarts {
  readonly #expression: string;
  readonly #deps: RestartDeps;
  #timer: NodeJS.Timeout | undefined;
  #next: number | undefined;
  #fault: string | undefined;
  #isRestarting = false;
  #isClosed = false;

  constructor({ cron = "" }: AppSpec, deps: RestartDeps) {
    this.#expression = cron;
    this.#deps = deps;
    void this.#begin();
  }

  /** Unix time of the next restart in milliseconds. */
  get next(): number | undefined {
    return this.#next;
  }

  get faults(): string[] {
    return this.#fault === undefined ? [] : [this.#fault];
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #begin(): Promise<void> {
    try {
      const { cronTimes } = await import("./cron-times.ts"); // only loaded if an app needs it
      this.#schedule(cronTimes(this.#expression));
    } catch (error) {
      this.#fault = (error as Error).message; // it was accepted by another version, or has no further time
    }
  }

  #schedule(nextTime: NextTime): void {
    if (this.#isClosed) return;
    const now = Date.now();
    this.#next = nextTime(now);
    if (this.#next === undefined) return;
    const due = this.#next;
    this.#timer = startTimer(
      () => {
        if (Date.now() >= due) this.#reach(due);
        this.#schedule(nextTime);
      },
      Math.min(CHECK, due - now),
    );
  }

  #reach(due: number): void {
    const { log } = this.#deps;
    if (Date.now() - due > TOO_LATE) log.warn("a restart by --cron was missed: this machine has slept");
    else if (this.#isRestarting) log.warn("a restart by --cron was skipped: the last one goes on");
    else void this.#restart();
  }

  async #restart(): Promise<void> {
    this.#isRestarting = true;
    await this.#deps.restart(`--cron ${JSON.stringify(this.#expression)}`, { keepsJobs: true });
    this.#isRestarting = false;
  }
}
