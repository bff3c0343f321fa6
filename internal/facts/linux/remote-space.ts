import { type StatsFs, statfs } from "node:fs";
import { promisify } from "node:util";
import { pause } from "../../../protocol/timers.ts";
import { type Space, toSpace } from "./space.ts";

/** Timeout of statfs on a remote file system, in milliseconds. */
const TIMEOUT = 1_000;
/** Maximum number of threads, of the four in Node's thread pool, that may wait for servers that do not respond. */
const MAX_HANGING = 2;

type Answer = Promise<Space | undefined>;

/**
 * Calls statfs on file systems that may never respond. A call that hangs blocks its thread until the kernel gives up.
 * No second call is made on the same file system meanwhile, and with two calls hanging none is made at all.
 */
export class RemoteSpace {
  readonly #statfs: (path: string) => Promise<StatsFs>;
  readonly #timeout: number;
  readonly #asked = new Map<string, Answer>();
  readonly #hanging = new Set<string>();

  constructor(ask: (path: string) => Promise<StatsFs> = promisify(statfs), timeout = TIMEOUT) {
    this.#statfs = ask;
    this.#timeout = timeout;
  }

  /** Undefined when the call failed or did not return in time. */
  async of(mountPoint: string): Answer {
    if (this.#hanging.has(mountPoint)) return undefined;
    const asked = this.#asked.get(mountPoint);
    if (asked !== undefined) return this.#inTime(mountPoint, asked);
    return this.#hanging.size < MAX_HANGING ? this.#inTime(mountPoint, this.#ask(mountPoint)) : undefined;
  }

  #ask(mountPoint: string): Answer {
    const answer = this.#statfs(mountPoint)
      .then(toSpace, () => undefined)
      .finally(() => {
        this.#asked.delete(mountPoint);
        this.#hanging.delete(mountPoint);
      });
    this.#asked.set(mountPoint, answer);
    return answer;
  }

  async #inTime(mountPoint: string, answer: Answer): Answer {
    const answered = new AbortController();
    const giveUp = pause(this.#timeout, answered.signal).then(
      () => this.#giveUp(mountPoint),
      () => undefined,
    );
    try {
      return await Promise.race([answer, giveUp]);
    } finally {
      answered.abort();
    }
  }

  #giveUp(mountPoint: string): undefined {
    if (this.#asked.has(mountPoint)) this.#hanging.add(mountPoint);
  }
}
