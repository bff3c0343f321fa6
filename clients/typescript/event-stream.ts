import type { EventReader } from "../../protocol/wire/event-stream.ts";
import { withResolvers } from "./polyfills.ts";

/**
 * The events that a command sends while it runs: iterate it. Leaving the loop cancels the call. The service sends at
 * most 1,024 events ahead of the reader.
 */
export class EventStream<E, R> implements AsyncIterable<E> {
  /** The command's result. Resolves when the command has ended; rejects when the stream fails. */
  readonly result: Promise<R>;
  readonly #abort: AbortController;
  readonly #attached = withResolvers<EventReader>();
  readonly #settled = withResolvers<R>();

  constructor(abort: AbortController = new AbortController()) {
    this.#abort = abort;
    this.result = this.#settled.promise;
    this.result.catch(() => {}); // no unhandled rejection: iterating throws the same error
    this.#attached.promise.catch(() => {});
  }

  /** A signal for the call. It is aborted by the caller's signal and when the stream is closed. */
  abortedWith(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#abort.signal : AbortSignal.any([signal, this.#abort.signal]);
  }

  /** Sets the source of the events, once the call has been sent. */
  attachEvents(reader: EventReader): void {
    this.#attached.resolve(reader);
  }

  resolve(result: unknown): void {
    this.#settled.resolve(result as R);
  }

  reject(error: Error): void {
    this.#settled.reject(error);
    this.#attached.reject(error);
  }

  /** Cancels the call. */
  close(): void {
    this.#abort.abort();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<E, R> {
    try {
      const reader = await this.#attached.promise;
      for (let next = await reader.next(); next !== undefined; next = await reader.next()) yield next.event as E;
      return await this.result;
    } finally {
      this.close();
    }
  }
}
