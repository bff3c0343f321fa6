/** A change within this time after the new processes have started is likely to be their own. In milliseconds. */
const EARLY = 3_000;
/** A change of the same file within this time may be their own. */
const SOON = 30_000;
/** Sum of suspicions in a row from which on restarts are slowed down: 4 early changes, or 8 of the same file. */
const LOOP = 8;
/** Pauses before a restart in a loop, in milliseconds. They double. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
/** Number of paths of a loop that are remembered. */
const MAX_PATHS = 1_000;

const SUSPICION = { new: 0, sameFile: 1, early: 2 } as const;
type Verdict = keyof typeof SUSPICION;

/**
 * Collects the changes that are to cause a restart, and recognizes an app that makes them itself: it writes the files
 * that it is watched for, so that each restart causes the next one. Such restarts wait longer and longer.
 */
export class LoopGuard {
  readonly #now: () => number;
  #pending = new Set<string>();
  #verdict: Verdict = "new";
  /** What caused the last restart. */
  #last: ReadonlySet<string> = new Set();
  /** What caused the restarts of the present loop. */
  #paths = new Set<string>();
  /** All changes of the last restart had caused an earlier one of the loop. */
  #repeats = false;
  #suspicion = 0;
  #isRestarting = false;
  /** When the last restart had ended; undefined before. */
  #endedAt: number | undefined;

  /** @param now - milliseconds of a steady clock */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Changes that have not caused a restart yet, the first one first. */
  get pending(): readonly string[] {
    return [...this.#pending];
  }

  /** The file that changes in a loop; undefined if there is no loop, or if it has ended. */
  get loopPath(): string | undefined {
    const isRecent = this.#isRestarting || this.#sinceEnd < LONGEST_PAUSE + SOON;
    return this.#suspicion >= LOOP && isRecent ? this.#last.values().next().value : undefined;
  }

  /** Milliseconds from the first change to the restart. A file that was not part of the loop does not wait. */
  get pause(): number {
    if (this.#suspicion < LOOP || this.#verdict === "new") return 0;
    if (this.#repeats && this.pending.some((path) => !this.#paths.has(path))) return 0;
    return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(10, Math.floor((this.#suspicion - LOOP) / 2)));
  }

  add(path: string): void {
    if (this.#pending.size < MAX_PATHS) this.#pending.add(path);
    const verdict = this.#judge(path);
    if (SUSPICION[verdict] > SUSPICION[this.#verdict]) this.#verdict = verdict;
  }

  /** A restart for the pending changes begins. */
  begin(): void {
    if (this.#verdict === "new") {
      this.#paths = new Set();
      this.#suspicion = 0;
    }
    this.#suspicion += SUSPICION[this.#verdict];
    this.#repeats = this.pending.every((path) => this.#paths.has(path));
    for (const path of this.#pending) if (this.#paths.size < MAX_PATHS) this.#paths.add(path);
    this.#last = this.#pending;
    this.#pending = new Set();
    this.#verdict = "new";
    this.#isRestarting = true;
  }

  /** The new processes have started, or have failed to. */
  end(): void {
    this.#isRestarting = false;
    this.#endedAt = this.#now();
  }

  #judge(path: string): Verdict {
    if (this.#isRestarting || this.#sinceEnd < EARLY) return "early";
    return this.#sinceEnd < SOON && this.#last.has(path) ? "sameFile" : "new";
  }

  get #sinceEnd(): number {
    return this.#endedAt === undefined ? Number.POSITIVE_INFINITY : this.#now() - this.#endedAt;
  }
}
