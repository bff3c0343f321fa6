import { startInterval, startTimer } from "../../protocol/timers.ts";

/** Milliseconds. */
export interface HeartbeatOptions {
  /** How often a process is asked for a sign of life; 0 for never. */
  readonly pingInterval: number;
  /** How long it may owe one before it counts as hung. */
  readonly pingTimeout: number;
}

/** The connection of a process that can be asked for a sign of life. */
export interface Pingable {
  /** Resolves with the sign of life, and never for a connection that is gone. */
  ping(): Promise<void>;
}

/** A timer that fires so much too late tells of a service that was held up itself: what it did not hear counts for nothing. */
const LATE = 0.5;

/** Milliseconds that a worker has for its first answer at the least: it may be busy with its start. */
export const FIRST_ANSWER = 5_000;

/** What is known of all processes of one program. */
export interface HeartbeatHistory {
  /** The last of them gave signs of life: the next one is expected to do so from its first request on. */
  answersPings: boolean;
}

/**
 * Asks a worker for signs of life. It counts as hung when it, or the process before it, has answered before and it does not
 * for the time that it has; a program that never answers is not one to be asked.
 *
 * One that owes an answer is asked again: XyPriss's older workers leave what came in one chunk with a request until that
 * is answered, which may take its time, and see to what comes behind it at once.
 */
export class Heartbeat {
  readonly #channel: Pingable;
  readonly #timeout: number;
  readonly #known: HeartbeatHistory;
  readonly #onHung: () => void;
  readonly #ticker: NodeJS.Timeout;
  #hasAnswered: boolean;
  #hasAnsweredItself = false;
  #asked = false;
  #deadline: NodeJS.Timeout | undefined;
  #over = false;

  constructor(
    channel: Pingable,
    { pingInterval, pingTimeout }: HeartbeatOptions,
    known: HeartbeatHistory,
    onHung: () => void,
  ) {
    this.#channel = channel;
    this.#timeout = pingTimeout;
    this.#onHung = onHung;
    this.#known = known;
    this.#hasAnswered = known.answersPings;
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
    this.#known.answersPings = true;
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
    if (!this.#hasAnsweredItself) this.#known.answersPings = false; // it may be another version, which gives none
    this.#onHung();
  }
}
