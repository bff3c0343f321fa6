import { connect, type Socket } from "node:net";
import { AnswerReader, type HttpAnswer } from "./answer-reader.ts";
import type { FailureKind, Ledger } from "./ledger.ts";

export interface ClientOptions {
  readonly host: string;
  readonly port: number;
  /** What it sends, over and over. */
  readonly request: Buffer;
  /** A new connection for each request, and so many milliseconds between one and the next. */
  readonly afresh?: number;
}

/** Milliseconds that a client waits after a failure: a refused one would try thousands of times a second. */
const PAUSE = 5;

/** Somebody who asks, waits for the answer and asks again, on one connection as long as that lasts. */
export class LoadClient {
  readonly #options: ClientOptions;
  readonly #ledger: Ledger;
  #socket: Socket | undefined;
  /** When the request under way was made; 0 without one. */
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
    this.#socket.write(this.#options.request);
  }

  /** Milliseconds that the request under way has waited; 0 without one. */
  get waited(): number {
    return this.#asked > 0 ? performance.now() - this.#asked : 0;
  }

  /** Gives up what has waited for longer than so many milliseconds. */
  giveUpAfter(patience: number): void {
    if (this.waited > patience) this.#fail("hang");
  }

  /** Asks no more; resolves when what was under way is answered or has failed. */
  stop(): Promise<void> {
    this.#stopped = true;
    return new Promise((resolve) => {
      this.#whenStopped = () => {
        this.#disconnect();
        resolve();
      };
    });
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
    if (status >= 500) this.#ledger.failed(`${status}`, took);
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
    this.#ledger.failed(kind, performance.now() - this.#asked);
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
