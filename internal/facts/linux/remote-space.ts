import { type StatsFs, statfs } from "node:fs";
import { promisify } from "node:util";
import { pause } from "../../../protocol/timers.ts";
import { type Space, toSpace } from "./space.ts";

/** Milliseconds that a file system of another machine has to answer. */
const PATIENCE = 1_000;
/** Of Node's four threads for files, how many may wait for servers that do not answer. */
const MAX_HANGING = 2;

type Answer = Promise<Space | undefined>;

/**
 * Asks file systems that may never answer. A question that hangs keeps its thread until the kernel gives up, so nobody
 * asks there again meanwhile, and with two of them hanging nobody asks anywhere.
 */
export class RemoteSpace {
  readonly #statfs: (path: string) => Promise<StatsFs>;
  readonly #patience: number;
  readonly #asked = new Map<string, Answer>();
  readonly #hanging = new Set<string>();

  constructor(ask: (path: string) => Promise<StatsFs> = promisify(statfs), patience = PATIENCE) {
    this.#statfs = ask;
    this.#patience = patience;
  }

  /** Undefined when it did not answer in time, or refused. */
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
    const giveUp = pause(this.#patience, answered.signal).then(
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
