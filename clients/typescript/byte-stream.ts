import { Readable } from "node:stream";
import type { ByteReader } from "../../protocol/wire/byte-stream.ts";
import type { EventReader } from "../../protocol/wire/event-stream.ts";
import { INITIAL_CREDIT } from "../../protocol/wire/message.ts";
import { EventStream } from "./event-stream.ts";
import { withResolvers } from "./polyfills.ts";

/**
 * The bytes that a command sends, as a Node stream: iterate it, pipe it, or collect it with node:stream/consumers. The
 * service sends at most 1 MiB ahead of the reader. Destroying the stream cancels the call.
 */
export class ByteStream<R, E = undefined> extends Readable {
  /** The command's result. Resolves when all bytes have been sent; rejects when the stream fails. */
  readonly result: Promise<R>;
  /** The events that the command sends in addition to its bytes, if it has any. */
  readonly events: EventStream<E, R>;
  /** Sets the source of the events; absent for a command that has none. */
  readonly attachEvents: ((reader: EventReader) => void) | undefined;
  readonly #abort = new AbortController();
  readonly #resolve: (result: R) => void;
  readonly #reject: (error: Error) => void;
  #reader: ByteReader | undefined;
  #wanted = false;
  #pumping = false;

  constructor(hasEvents = false) {
    super({ highWaterMark: INITIAL_CREDIT / 4 });
    const { promise, resolve, reject } = withResolvers<R>();
    promise.catch(() => {}); // no unhandled rejection: the stream emits the same error
    this.result = promise;
    this.events = new EventStream(this.#abort);
    this.attachEvents = hasEvents ? (reader) => this.events.attachEvents(reader) : undefined;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** A signal for the call. It is aborted by the caller's signal and when the stream is destroyed. */
  abortedWith(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#abort.signal : AbortSignal.any([signal, this.#abort.signal]);
  }

  /** Sets the source of the bytes, once the call has been sent. */
  attach(reader: ByteReader): void {
    this.#reader = reader;
    if (this.#wanted) void this.#pump();
  }

  resolve(result: unknown): void {
    this.#resolve(result as R);
    this.events.resolve(result);
    if (this.#reader === undefined) this.push(null);
  }

  reject(error: Error): void {
    this.#reject(error);
    this.events.reject(error);
    this.destroy(error);
  }

  override _read(): void {
    this.#wanted = true;
    if (this.#reader !== undefined) void this.#pump();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#abort.abort(error ?? undefined);
    done(error);
  }

  /** Moves bytes from the reader to the stream until the stream's buffer is full. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#wanted && !this.destroyed) {
        const bytes = await this.#reader?.next();
        this.#wanted = this.push(bytes ?? null) && bytes !== undefined;
      }
    } catch (error) {
      this.destroy(error as Error);
    } finally {
      this.#pumping = false;
    }
  }
}
