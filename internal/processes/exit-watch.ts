import { endOfStatus, type ProcessEnd, UNKNOWN_END } from "./end.ts";
import { exitStatusOf, isRunning, type ProcessIdentity } from "./identity.ts";
import { Pidfd } from "./pidfd.ts";

/** Milliseconds between two checks of all processes. */
const INTERVAL = 50;
/** A process without a descriptor is checked each time this number of intervals has passed: a check reads a file. */
const INTERVALS_WITHOUT_DESCRIPTOR = 2;
/** Milliseconds that the parent of an ended process has to wait for it, before its status counts as unknown. */
const STATUS_TIMEOUT = 1_000;
/** Milliseconds that whoever started a child of this process has to wait for it, before it is reaped here. */
const REAP_AFTER = 1_000;

interface Watched {
  readonly identity: ProcessIdentity;
  readonly ended: PromiseWithResolvers<ProcessEnd>;
  readonly pidfd: Pidfd | undefined;
  /** When its end was noticed, by performance.now(). */
  noticedAt: number | undefined;
  /** Then it is a child that is yet to be reaped. */
  isReported: boolean;
}

/**
 * Waits for the end of processes that need not be children of this process, such as those of an earlier keeper.
 *
 * - With node:ffi on Linux: a check each 50 ms, one system call for all processes, and one open descriptor for each. The
 *   exit status is known for children of this process; for others since Linux 6.15, and before that while they are
 *   zombies of the same user, or any for root.
 * - Otherwise, and for a process for which no descriptor is free: a check of /proc each 100 ms. The exit status is
 *   known only if a check meets the zombie.
 *
 * An unknown status is reported as UNKNOWN_END. A process whose pid another one has now counts as ended.
 *
 * Children that no one waits for, such as those of the program that `replaceProgram` has replaced, are reaped a second
 * after their end. Node waits for its own children earlier, so `exit` events are not lost. A thread that is blocked for
 * a second at its child's end may lose its `exit` event.
 */
export class ExitWatch {
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;
  #isRef = true;
  #interval = 0;

  /** Resolves to how a process ended; stays pending after `close`. Calls for the same process share a promise. */
  watch(identity: ProcessIdentity): Promise<ProcessEnd> {
    const key = keyOf(identity);
    const known = this.#watched.get(key);
    if (known !== undefined) return known.ended.promise;
    const pidfd = Pidfd.open(identity);
    if (pidfd === "ended") return Promise.resolve(UNKNOWN_END);
    const watched: Watched = {
      identity,
      ended: Promise.withResolvers(),
      pidfd: pidfd === "unavailable" ? undefined : pidfd,
      noticedAt: undefined,
      isReported: false,
    };
    this.#watched.set(key, watched);
    this.#start();
    return watched.ended.promise;
  }

  /** Whether the process is watched, or is an ended child that will be reaped here. */
  has(identity: ProcessIdentity): boolean {
    return this.#watched.has(keyOf(identity));
  }

  /** Lets this process exit while others are watched. */
  unref(): void {
    this.#isRef = false;
    this.#timer?.unref();
  }

  /** Stops watching, and closes the descriptors. */
  close(): void {
    for (const watched of [...this.#watched.values()]) this.#delete(watched);
  }

  #start(): void {
    // An immediate comes after polling, in which Node waits for its own children.
    this.#timer ??= setInterval(() => setImmediate(() => this.#check()), INTERVAL);
    if (!this.#isRef) this.#timer.unref();
  }

  #check(): void {
    this.#interval++;
    const running = [...this.#watched.values()].filter(({ noticedAt }) => noticedAt === undefined);
    const ended = new Set(Pidfd.ended(running.flatMap(({ pidfd }) => pidfd ?? [])));
    for (const watched of this.#watched.values()) {
      const { pidfd } = watched;
      if (pidfd === undefined) this.#checkWithout(watched);
      else if (ended.has(pidfd) || watched.noticedAt !== undefined) this.#advance(watched, pidfd);
    }
  }

  #checkWithout(watched: Watched): void {
    const { identity, ended } = watched;
    if (this.#interval % INTERVALS_WITHOUT_DESCRIPTOR !== 0 || mayBeRunning(identity)) return;
    const status = exitStatusOf(identity);
    ended.resolve(status === undefined ? UNKNOWN_END : endOfStatus(status));
    this.#delete(watched);
  }

  /** The next step for an ended process: to report its status as soon as it is known, then to reap a child. */
  #advance(watched: Watched, pidfd: Pidfd): void {
    watched.noticedAt ??= performance.now();
    const elapsed = performance.now() - watched.noticedAt;
    if (watched.isReported) {
      if (elapsed < REAP_AFTER) return;
      pidfd.reap();
      this.#delete(watched);
      return;
    }
    const reading = pidfd.readEnd();
    if (reading === "later" && elapsed < STATUS_TIMEOUT) return;
    watched.ended.resolve(reading === "later" ? UNKNOWN_END : reading.end);
    watched.isReported = true;
    if (reading === "later" || !reading.isChild) this.#delete(watched);
  }

  #delete(watched: Watched): void {
    watched.pidfd?.close();
    this.#watched.delete(keyOf(watched.identity));
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function keyOf({ pid, start }: ProcessIdentity): string {
  return `${pid} ${start}`;
}

/** True as well if no descriptor is free to read it. */
function mayBeRunning(identity: ProcessIdentity): boolean {
  try {
    return isRunning(identity);
  } catch {
    return true;
  }
}
