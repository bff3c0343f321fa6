import type { ByteWriter } from "../../../protocol/wire/byte-stream.ts";
import { type Headers, INLINE_BODY } from "../../../protocol/wire/worker.ts";
import type { WorkerExchange } from "./worker-exchange.ts";

type Done = ((error?: Error) => void) | undefined;

interface Listeners {
  /** The buffer has room again, after `write` returned false. */
  drained(): void;
  /** Everything was sent, or nothing more can be sent. */
  closed(): void;
}

/** Buffered bytes at which `write` returns false. */
const HIGH_WATER = 65_536;

/**
 * A response body that is written in pieces. They are buffered until the tick ends, so that a small response is one
 * message.
 */
export class NodeSending {
  readonly #exchange: WorkerExchange;
  readonly #listeners: Listeners;
  #status = 0;
  #headers: Headers = {};
  #kept: Uint8Array[] = [];
  #keptDone: Done[] = [];
  /** Bytes buffered or being sent. */
  #pending = 0;
  #full = false;
  #output: ByteWriter | undefined;
  /** Resolves when the last write has ended. */
  #writing: Promise<void> = Promise.resolve();
  #finished = false;
  #scheduled = false;

  constructor(exchange: WorkerExchange, listeners: Listeners) {
    this.#exchange = exchange;
    this.#listeners = listeners;
  }

  head(status: number, headers: Headers): void {
    this.#status = status;
    this.#headers = headers;
  }

  /** False when the caller should wait for `drained`. */
  write(bytes: Uint8Array, done: Done): boolean {
    this.#pending += bytes.byteLength;
    if (this.#output !== undefined) this.#send(bytes, done);
    else {
      this.#kept.push(bytes);
      this.#keptDone.push(done);
      if (!this.#scheduled) {
        this.#scheduled = true;
        process.nextTick(beginLate, this);
      }
    }
    this.#full = this.#pending >= HIGH_WATER;
    return !this.#full;
  }

  finish(): void {
    this.#finished = true;
    if (this.#output === undefined && this.#pending <= INLINE_BODY) {
      this.#exchange.answer(this.#status, this.#headers, whole(this.#kept));
      process.nextTick(endWhole, this.#keptDone, this.#listeners);
    } else {
      this.begin();
      void this.#writing.then(() => {
        this.#exchange.end();
        process.nextTick(this.#listeners.closed); // after "finish", which node:http has already queued
      });
    }
  }

  get isOpen(): boolean {
    return !this.#finished && this.#output === undefined;
  }

  begin(): void {
    if (this.#output !== undefined) return;
    this.#output = this.#exchange.begin(this.#status, this.#headers);
    for (const [i, bytes] of this.#kept.entries()) this.#send(bytes, this.#keptDone[i]);
    this.#kept = [];
    this.#keptDone = [];
  }

  #send(bytes: Uint8Array, done: Done): void {
    this.#writing = this.#writing
      .then(() => this.#output?.write(bytes))
      .then(
        () => this.#sent(bytes.byteLength, done),
        (error) => done?.(error),
      );
  }

  #sent(size: number, done: Done): void {
    this.#pending -= size;
    done?.();
    if (!this.#full || this.#pending > 0) return;
    this.#full = false;
    this.#listeners.drained();
  }
}

function beginLate(sending: NodeSending): void {
  if (sending.isOpen) sending.begin();
}

function endWhole(dones: readonly Done[], listeners: Listeners): void {
  for (const done of dones) done?.();
  listeners.closed();
}

function whole(parts: readonly Uint8Array[]): Uint8Array | undefined {
  return parts.length > 1 ? Buffer.concat(parts) : parts[0];
}
