import { pause } from "../../protocol/timers.ts";
import { processTable } from "../facts/process-table.ts";
import { processesWith } from "../processes/descendants.ts";
import { isRunning, type ProcessIdentity } from "../processes/identity.ts";
import { signalIdentity } from "../processes/signal-identity.ts";
import { CLONE_KEY } from "./clone-environment.ts";

/** Milliseconds between two checks; doubles up to the maximum. */
const POLL_INTERVAL = 10;
const MAX_POLL_INTERVAL = 160;
/** Scans after SIGKILL: a process may start another one while it is being killed. */
const MAX_SCANS = 20;

/** For what a clone left behind whose process group is not known. */
const NO_GROUP = 0;

/** Ends everything that these clones have started and left behind, each of them once. */
export async function endLeftovers(keys: Iterable<string>, grace: number): Promise<void> {
  await Promise.all([...new Set(keys)].map((key) => new Leftovers(key, grace).end(NO_GROUP)));
}

/**
 * The processes that a clone has started and that outlive it, in whatever group or session they are. They are known by a
 * variable that they have inherited; a process that has cleared its environment is not found.
 */
export class Leftovers {
  readonly #key: string;
  readonly #grace: number;
  /** When the clone was asked to end, by performance.now(). */
  #askedAt: number | undefined;

  /**
   * @param key - that of the clone
   * @param grace - milliseconds from the request to end until SIGKILL
   */
  constructor(key: string, grace: number) {
    this.#key = key;
    this.#grace = grace;
  }

  /** The clone and its group were sent a signal. */
  signalled(name: NodeJS.Signals): void {
    this.#askedAt ??= performance.now();
    if (name === "SIGKILL") this.#kill();
  }

  /**
   * Asks them to end, and kills those that do not. Resolves when all have ended. Those in the clone's group were asked
   * already: many programs abort their shutdown when they get a second SIGTERM.
   * @param group - the clone's process group
   */
  async end(group: number): Promise<void> {
    const found = processesWith(CLONE_KEY, this.#key);
    if (found.length === 0) return;
    for (const each of found) if (processTable.lifeOf(each.pid)?.group !== group) signalIdentity(each, "SIGTERM");
    await this.#gone(found, (this.#askedAt ?? performance.now()) + this.#grace);
    for (let scans = 0; scans < MAX_SCANS; scans++) {
      const left = this.#kill();
      if (left.length === 0) return;
      await this.#gone(left, performance.now() + MAX_POLL_INTERVAL);
    }
  }

  #kill(): readonly ProcessIdentity[] {
    const found = processesWith(CLONE_KEY, this.#key);
    for (const each of found) signalIdentity(each, "SIGKILL");
    return found;
  }

  async #gone(found: readonly ProcessIdentity[], deadline: number): Promise<void> {
    for (let wait = POLL_INTERVAL; ; wait = Math.min(MAX_POLL_INTERVAL, 2 * wait)) {
      if (!found.some(isRunning)) return;
      const left = deadline - performance.now();
      if (left <= 0) return;
      await pause(Math.min(wait, left));
    }
  }
}
