import { startTimer } from "../../../protocol/timers.ts";

/** The server whose connections are bounded. */
export interface SharingServer {
  readonly connections: number;
  /** Stops accepting; open connections are not affected. */
  pause(): void;
  resume(): void;
}

/**
 * Milliseconds after which a gateway accepts more without being told to. The service may be busy, and connections must
 * not wait for it.
 */
const PATIENCE = 100;
/** Connections that it then accepts; twice as many each further time. */
const FIRST_STEP = 8;

/**
 * Bounds the connections that one of several processes accepts from a shared socket: at its limit it leaves new ones to
 * the others. The kernel gives a connection to the process that runs first, so without a bound one gateway gets most of
 * the connections that are opened at once.
 */
export class AcceptShare {
  readonly #server: SharingServer;
  readonly #onFull: () => void;
  #limit: number;
  /** The last limit that it was given; `#limit` is higher after a pause without a new one. */
  #told: number;
  #step = FIRST_STEP;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** `onFull` is called at the limit, to ask for a new one. */
  constructor(server: SharingServer, limit: number, onFull: () => void) {
    this.#server = server;
    this.#limit = limit;
    this.#told = limit;
    this.#onFull = onFull;
  }

  get isPaused(): boolean {
    return this.#timer !== undefined;
  }

  /** Must be called after each accepted connection. */
  accepted(): void {
    if (this.#isOver || this.isPaused || this.#server.connections < this.#limit) return;
    this.#server.pause();
    this.#wait();
    this.#onFull();
  }

  /** A new limit, from the connections of all gateways. */
  allow(limit: number): void {
    if (limit > this.#told) this.#step = FIRST_STEP;
    this.#told = limit;
    this.#limit = limit;
    if (this.isPaused && this.#server.connections < limit) this.#resume();
  }

  /** The server accepts no more connections. */
  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(): void {
    this.#timer = startTimer(() => {
      this.#limit = Math.max(this.#limit, this.#server.connections + this.#step);
      this.#step *= 2;
      this.#resume();
    }, PATIENCE);
  }

  #resume(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#isOver) this.#server.resume();
  }
}
