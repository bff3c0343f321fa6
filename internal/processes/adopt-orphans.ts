import { CLibrary } from "../base/c-library.ts";
import { processTable } from "../facts/process-table.ts";
import type { ProcessIdentity } from "./identity.ts";

/** Milliseconds between two scans for ended orphans, if no signal reports one. */
const INTERVAL = 5_000;
/** Milliseconds that whoever started an ended child has to wait for it, before it counts as an orphan. */
const REAP_AFTER = 1_000;

export interface Adoption {
  /** Whether orphaned descendants become children of this process. */
  readonly isParent: boolean;
  /** Stops reaping. Orphans still become children of this process. */
  close(): void;
}

/**
 * Makes orphaned descendants children of this process (PR_SET_CHILD_SUBREAPER of prctl(2)), and reaps them when they
 * have ended. Process 1 of a container gets them anyway.
 *
 * A child that is still a zombie a second after it was seen is reaped, except those that `isOwned` names: Node waits for
 * its own children earlier, so their `exit` events are not lost. A thread that is blocked for a second at its child's
 * end may lose its `exit` event.
 *
 * Without node:ffi, and on other systems than Linux, orphans go to process 1, and nothing is reaped: if this is process 1,
 * its ended orphans stay zombies.
 */
export function adoptOrphans(isOwned: (child: ProcessIdentity) => boolean): Adoption {
  const calls = library.functions;
  if (calls === undefined) return { isParent: process.pid === 1, close: () => {} };
  const failed = calls.prctl(PR_SET_CHILD_SUBREAPER, 1n, 0n, 0n, 0n) < 0;
  const reaper = new Reaper(isOwned, (pid) => calls.waitpid(pid, null, WNOHANG));
  return { isParent: !failed || process.pid === 1, close: () => reaper.close() };
}

/** prctl(2). */
const PR_SET_CHILD_SUBREAPER = 36;
/** waitpid(2). */
const WNOHANG = 1;

const library = new CLibrary({
  prctl: { arguments: ["int32", "int64", "int64", "int64", "int64"], return: "int32" },
  waitpid: { arguments: ["int32", "pointer", "int32"], return: "int32" },
});

/** Does not keep the process running. */
class Reaper {
  readonly #isOwned: (child: ProcessIdentity) => boolean;
  readonly #reap: (pid: number) => void;
  /** When each zombie was first seen, by pid. */
  #seen = new Map<number, { readonly start: number; readonly at: number }>();
  readonly #interval = setInterval(() => this.#scanSoon(), INTERVAL).unref();
  #again: NodeJS.Timeout | undefined;
  #isScanning = false;
  #isClosed = false;

  constructor(isOwned: (child: ProcessIdentity) => boolean, reap: (pid: number) => void) {
    this.#isOwned = isOwned;
    this.#reap = reap;
    process.on("SIGCHLD", this.#scanSoon);
    this.#scanSoon();
  }

  close(): void {
    this.#isClosed = true;
    process.off("SIGCHLD", this.#scanSoon);
    clearInterval(this.#interval);
    clearTimeout(this.#again);
  }

  /** One scan for many signals. An immediate comes after polling, in which Node waits for its own children. */
  readonly #scanSoon = (): void => {
    if (this.#isScanning) return;
    this.#isScanning = true;
    setImmediate(() => {
      this.#isScanning = false;
      if (!this.#isClosed) this.#scan();
    });
  };

  #scan(): void {
    const now = performance.now();
    const seen = new Map<number, { readonly start: number; readonly at: number }>();
    for (const child of processTable.endedChildren()) {
      if (this.#isOwned(child)) continue;
      const before = this.#seen.get(child.pid);
      const at = before?.start === child.start ? before.at : now;
      if (now - at >= REAP_AFTER) this.#reap(child.pid);
      else seen.set(child.pid, { start: child.start, at });
    }
    this.#seen = seen;
    clearTimeout(this.#again);
    if (seen.size > 0) this.#again = setTimeout(this.#scanSoon, REAP_AFTER).unref();
  }
}
