import { Readable } from "node:stream";
import type { ByteReader } from "../../protocol/wire/byte-stream.ts";
import type { EventReader } from "../../protocol/wire/event-stream.ts";
import { INITIAL_CREDIT } from "../../protocol/wire/message.ts";
import { EventStream } from "./event-stream.ts";
import { withResolvers } from "./newer-node.ts";

/**
 * The bytes that a command sends, as a Node stream: iterate it, pipe it, or collect it with node:stream/consumers. The
 * service sends no more than a mebibyte ahead of the reader. Destroying it cancels the call.
 */
export class ByteStream<R, E = undefined> extends Readable {
  /** The command's result, once all bytes were sent. It fails with the stream. */
  readonly result: Promise<R>;
  /** What the command tells beside its bytes, when it does. */
  readonly events: EventStream<E, R>;
  /** Takes the events; absent for a command that has none. */
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
    promise.catch(() => {}); // the stream's own error tells whoever does not ask for the result
    this.result = promise;
    this.events = new EventStream(this.#abort);
    this.attachEvents = hasEvents ? (reader) => this.events.attachEvents(reader) : undefined;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** A signal for the call: aborted with the caller's, or when the stream is destroyed. */
  abortedWith(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#abort.signal : AbortSignal.any([signal, this.#abort.signal]);
  }

  /** The call has been sent and its bytes come through the reader. */
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

  /** Moves bytes from the reader until the stream has enough. */
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
