import { startInterval, startTimer } from "../../protocol/timers.ts";

/** Milliseconds. */
export interface HeartbeatOptions {
  /** Interval between pings; 0 to disable them. */
  readonly pingInterval: number;
  /** How long an answer may take before the process counts as hung. */
  readonly pingTimeout: number;
}

/** The connection of a process that can be pinged. */
export interface Pingable {
  /** Resolves with the answer; never resolves once the connection is closed. */
  ping(): Promise<void>;
}

/**
 * If a timer is late by more than this fraction, the service itself was blocked, and a missing answer proves nothing.
 */
const LATE = 0.5;

/** Minimum milliseconds that a worker has for its first answer, because it may be busy starting. */
export const FIRST_ANSWER = 5_000;

/** What is known from earlier processes of the same program. */
export interface HeartbeatHistory {
  /** The last process answered pings, so the next one is expected to answer from the first ping on. */
  answersPings: boolean;
}

/**
 * Pings a worker. The worker counts as hung if it does not answer within the timeout, and it or its predecessor has
 * answered before. A program that has never answered is not expected to.
 *
 * An unanswered ping is repeated: XyPriss's older workers do not read a ping that arrived in the same chunk as a
 * request until that request is answered, but they read later chunks at once.
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
      () => {}, // a failed connection is reported elsewhere
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
      // Reads pending answers first: the event loop polls sockets between a timer and an immediate.
      else setImmediate(() => this.#judge());
    }, timeout).unref();
  }

  #judge(): void {
    if (!this.#asked || this.#over) return;
    if (!this.#hasAnsweredItself) this.#known.answersPings = false; // it may be another version, which does not answer pings
    this.#onHung();
  }
}
