import { startInterval, startTimer } from "../../protocol/timers.ts";
import type { WorkerChannel } from "./channel.ts";
import type { ClusterOptions } from "./options.ts";

/** A timer that fires so much too late tells of a service that was held up itself: what it did not hear counts for nothing. */
const LATE = 0.5;

/**
 * Asks a worker for signs of life. It counts as hung when it has answered before and does not for the time that it has; a
 * worker that never answers is not one to be asked.
 *
 * One that owes an answer is asked again: XyPriss's older workers leave what came in one chunk with a request until that
 * is answered, which may take its time, and see to what comes behind it at once.
 */
export class LifeSigns {
  readonly #channel: WorkerChannel;
  readonly #timeout: number;
  readonly #onHung: () => void;
  readonly #ticker: NodeJS.Timeout;
  #hasAnswered = false;
  #asked = false;
  #deadline: NodeJS.Timeout | undefined;
  #over = false;

  constructor(
    channel: WorkerChannel,
    { pingInterval, pingTimeout }: Pick<ClusterOptions, "pingInterval" | "pingTimeout">,
    onHung: () => void,
  ) {
    this.#channel = channel;
    this.#timeout = pingTimeout;
    this.#onHung = onHung;
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
    clearTimeout(this.#deadline);
  }

  #wait(): void {
    const since = performance.now();
    this.#deadline = startTimer(() => {
      if (performance.now() - since > this.#timeout * (1 + LATE)) this.#wait();
      // What the worker said meanwhile is read before: the sockets' turn comes between a timer and an immediate.
      else setImmediate(() => this.#judge());
    }, this.#timeout).unref();
  }

  #judge(): void {
    if (this.#asked && !this.#over) this.#onHung();
  }
}
