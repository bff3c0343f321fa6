import { pause } from "../../protocol/timers.ts";

/** Milliseconds after which an app is started although others are not ready. */
export const LONGEST_WAIT = 60_000;
/** Milliseconds between two looks at the others. */
const CHECK = 50;

/** An app's wait for the apps that it is to be started after. */
export class StartWait {
  #names: readonly string[] = [];
  #cancelled: AbortController | undefined;

  /** The apps that it waits for; empty if it does not wait. */
  get names(): readonly string[] {
    return this.#names;
  }

  /**
   * Waits until there are none that are not ready, at most LONGEST_WAIT.
   * @param notReady - those of the apps that are to be waited for
   * @returns "cancelled" if it is not to be started; "late" if some are not ready
   */
  async until(
    notReady: () => readonly string[],
    longest: number = LONGEST_WAIT,
  ): Promise<"ready" | "late" | "cancelled"> {
    const cancelled = new AbortController();
    this.#cancelled = cancelled;
    const end = performance.now() + longest;
    try {
      for (this.#names = notReady(); this.#names.length > 0; this.#names = notReady()) {
        if (performance.now() >= end) return "late";
        await pause(CHECK, cancelled.signal).catch(() => {}); // it is cancelled
        if (cancelled.signal.aborted) return "cancelled";
      }
      return "ready";
    } finally {
      this.#names = [];
      this.#cancelled = undefined;
    }
  }

  cancel(): void {
    this.#cancelled?.abort();
  }
}
