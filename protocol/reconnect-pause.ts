/** Milliseconds until the next attempt to connect. */
const FIRST = 20;
const LONGEST = 1_000;
/** Milliseconds after which a connection was not refused. */
const ACCEPTED_AFTER = 1_000;

/** How long to wait before the next attempt to connect to a peer that may be replaced at any time. Times in milliseconds. */
export class ReconnectPause {
  #pause = 0;

  /** After an attempt that has failed: nobody listens, for now. */
  afterFailure(): number {
    return FIRST;
  }

  /** After the end of a connection of this age. The pause doubles with each one that ended at once: it was refused. */
  afterEnd(age: number): number {
    this.#pause = age < ACCEPTED_AFTER ? Math.min(Math.max(FIRST, 2 * this.#pause), LONGEST) : 0;
    return this.#pause;
  }
}
