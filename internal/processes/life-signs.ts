import { startInterval, startTimer } from "../../protocol/timers.ts";
import type { ClusterOptions } from "../cluster/options.ts";
import type { WorkerChannel } from "../workers/channel.ts";

/** A timer that fires so much too late tells of a service that was held up itself: what it did not hear counts for nothing. */
const LATE = 0.5;

/** Milliseconds that a worker has for its first answer at the least: it may be busy with its start. */
export const FIRST_ANSWER = 5_000;

/** What is known of all processes of one program. */
export interface KnownSigns {
  /** The last of them gave signs of life: the next one is expected to do so from its first request on. */
  givesSigns: boolean;
}

/**
 * Asks a worker for signs of life. It counts as hung when it, or the process before it, has answered before and it does not
 * for the time that it has; a program that never answers is not one to be asked.
 *
 * One that owes an answer is asked again: XyPriss's older workers leave what came in one chunk with a request until that
 * is answered, which may take its time, and see to what comes behind it at once.
 */
export class LifeSigns {
  readonly #channel: WorkerChannel;
  readonly #timeout: number;
  readonly #known: KnownSigns;
  readonly #onHung: () => void;
  readonly #ticker: NodeJS.Timeout;
  #hasAnswered: boolean;
  #hasAnsweredItself = false;
  #asked = false;
  #deadline: NodeJS.Timeout | undefined;
  #over = false;

  constructor(
    channel: WorkerChannel,
    { pingInterval, pingTimeout }: Pick<ClusterOptions, "pingInterval" | "pingTimeout">,
    known: KnownSigns,
    onHung: () => void,
  ) {
    this.#channel = channel;
    this.#timeout = pingTimeout;
    this.#onHung = onHung;
    this.#known = known;
    this.#hasAnswered = known.givesSigns;
    this.#ticker = startInterval(() => this.#ask(), pingInterval).unref();
    this.#ask();
  }

  stop(): void {
    this.#over = true;
    clearInterval(this.#ticker);
    clearTimeout(this.#deadline);
  }

  #ask(): void {
    if (this.#asked && !this.#hasAnswered) return;
    this.#channel.ping().then(
      () => this.#answered(),
      () => {}, // a connection that fails tells so itself
    );
    if (!this.#asked && this.#hasAnswered) this.#wait();
    this.#asked = true;
  }

  #answered(): void {
    this.#asked = false;
    this.#hasAnswered = true;
    this.#hasAnsweredItself = true;
    this.#known.givesSigns = true;
    clearTimeout(this.#deadline);
  }

  #wait(): void {
    const since = performance.now();
    const timeout = this.#hasAnsweredItself ? this.#timeout : Math.max(this.#timeout, FIRST_ANSWER);
    this.#deadline = startTimer(() => {
      if (performance.now() - since > timeout * (1 + LATE)) this.#wait();
      // What the worker said meanwhile is read before: the sockets' turn comes between a timer and an immediate.
      else setImmediate(() => this.#judge());
    }, timeout).unref();
  }

  #judge(): void {
    if (!this.#asked || this.#over) return;
    if (!this.#hasAnsweredItself) this.#known.givesSigns = false; // it may be another version, which gives none
    this.#onHung();
  }
}
