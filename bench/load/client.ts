import { connect, type Socket } from "node:net";
import { AnswerReader, type HttpAnswer } from "./answer-reader.ts";
import type { FailureKind, Ledger, Method } from "./ledger.ts";

export interface ClientOptions {
  readonly host: string;
  readonly port: number;
  /** The requests that are sent in turn, again and again. */
  readonly requests: readonly LoadRequest[];
  /** Use a new connection for each request, with this many milliseconds between two requests. */
  readonly afresh?: number;
}

export interface LoadRequest {
  readonly method: Method;
  readonly bytes: Buffer;
}

/**
 * Milliseconds that a client waits after a failure. Otherwise a refused client would retry thousands of times a
 * second.
 */
const PAUSE = 5;

/** Sends a request, waits for the response and repeats, on one connection as long as that lasts. */
export class LoadClient {
  readonly #options: ClientOptions;
  readonly #ledger: Ledger;
  #socket: Socket | undefined;
  #sent = 0;
  /** Start time of the pending request. 0 without one. */
  #asked = 0;
  #stopped = false;
  #whenStopped: () => void = () => {};

  constructor(options: ClientOptions, ledger: Ledger) {
    this.#options = options;
    this.#ledger = ledger;
  }

  ask(): void {
    if (this.#stopped) {
      this.#whenStopped();
      return;
    }
    this.#asked = performance.now();
    this.#socket ??= this.#connect();
    this.#socket.write(this.#request(this.#sent++).bytes);
  }

  #request(index: number): LoadRequest {
    const { requests } = this.#options;
    return requests[index % requests.length] as LoadRequest;
  }

  /** Milliseconds since the start of the pending request. 0 without one. */
  get waited(): number {
    return this.#asked > 0 ? performance.now() - this.#asked : 0;
  }

  /** Fails the pending request with "hang" when it has waited for more than `timeout` milliseconds. */
  failAfter(timeout: number): void {
    if (this.waited > timeout) this.#fail("hang");
  }

  /** Sends no further requests. Resolves when the pending one is answered or has failed. */
  stop(): Promise<void> {
    this.#stopped = true;
    return new Promise((resolve) => {
      this.#whenStopped = () => {
        this.#disconnect();
        resolve();
      };
    });
  }

  get #pendingMethod(): Method {
    return this.#request(this.#sent - 1).method;
  }

  #connect(): Socket {
    const socket = connect({ host: this.#options.host, port: this.#options.port, noDelay: true });
    const reader = new AnswerReader();
    socket.on("data", (bytes: Buffer) => {
      const answer = this.#socket === socket ? reader.push(bytes) : undefined;
      if (answer !== undefined) this.#take(answer);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#lost(socket, error.code === "ECONNREFUSED" ? "refused" : "reset");
    });
    socket.on("close", () => this.#lost(socket, "reset"));
    return socket;
  }

  #take({ status, body, closes }: HttpAnswer): void {
    const took = performance.now() - this.#asked;
    if (status >= 500) this.#ledger.failed(`${status}`, took, this.#pendingMethod);
    else this.#ledger.answered(this, took, Number.parseInt(body, 10));
    this.#asked = 0;
    const { afresh } = this.#options;
    if (closes || afresh !== undefined) this.#disconnect();
    const pause = status >= 500 ? PAUSE : afresh;
    if (pause === undefined) this.ask();
    else setTimeout(() => this.ask(), pause);
  }

  #lost(socket: Socket, kind: FailureKind): void {
    if (this.#socket !== socket) return;
    if (this.#asked > 0) this.#fail(kind);
    else this.#disconnect();
  }

  #fail(kind: FailureKind): void {
    this.#ledger.failed(kind, performance.now() - this.#asked, this.#pendingMethod);
    this.#asked = 0;
    this.#disconnect();
    setTimeout(() => this.ask(), PAUSE);
  }

  #disconnect(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
  }
}
