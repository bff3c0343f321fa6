import type { StatsFs } from "node:fs";
import { statfs } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { type Space, toSpace } from "./space.ts";

/** Milliseconds that a file system of another machine has to answer. */
const PATIENCE = 1_000;
/** Of Node's four threads for files, how many may wait for servers that do not answer. */
const MAX_HANGING = 2;

interface Question {
  readonly answer: Promise<Space | undefined>;
  readonly since: number;
}

/**
 * Asks file systems that may never answer. A question that hangs keeps its thread until the kernel gives up, so nobody
 * asks there again meanwhile, and with two of them hanging nobody asks anywhere.
 */
export class RemoteSpace {
  readonly #asked = new Map<string, Question>();
  readonly #statfs: (path: string) => Promise<StatsFs>;
  readonly #patience: number;

  constructor(ask: (path: string) => Promise<StatsFs> = statfs, patience = PATIENCE) {
    this.#statfs = ask;
    this.#patience = patience;
  }

  /** Undefined when it did not answer in time, or refused. */
  async of(mountPoint: string): Promise<Space | undefined> {
    const question = this.#asked.get(mountPoint) ?? this.#ask(mountPoint);
    const left = question === undefined ? 0 : question.since + this.#patience - performance.now();
    if (question === undefined || left <= 0) return undefined;
    const answered = new AbortController();
    const giveUp = setTimeout(left, undefined, { signal: answered.signal }).catch(() => undefined);
    try {
      return await Promise.race([question.answer, giveUp]);
    } finally {
      answered.abort();
    }
  }

  #ask(mountPoint: string): Question | undefined {
    const now = performance.now();
    const hanging = this.#asked.values().filter(({ since }) => now - since >= this.#patience);
    if ([...hanging].length >= MAX_HANGING) return undefined;
    const answer = this.#statfs(mountPoint)
      .then(toSpace, () => undefined)
      .finally(() => this.#asked.delete(mountPoint));
    this.#asked.set(mountPoint, { answer, since: now });
    return { answer, since: now };
  }
}
