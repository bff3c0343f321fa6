import type { EventReader } from "../../protocol/wire/event-stream.ts";
import { withResolvers } from "./newer-node.ts";

/**
 * What a command tells as it goes on: iterate it. Leaving the loop cancels the call. The service waits for a reader that
 * is more than 1,024 events behind.
 */
export class EventStream<E, R> implements AsyncIterable<E> {
  /** The command's result, once it has ended. It fails with the stream. */
  readonly result: Promise<R>;
  readonly #abort: AbortController;
  readonly #attached = withResolvers<EventReader>();
  readonly #settled = withResolvers<R>();

  constructor(abort: AbortController = new AbortController()) {
    this.#abort = abort;
    this.result = this.#settled.promise;
    this.result.catch(() => {}); // iterating tells whoever does not ask for the result
    this.#attached.promise.catch(() => {});
  }

  /** A signal for the call: aborted with the caller's, or when the stream is closed. */
  abortedWith(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#abort.signal : AbortSignal.any([signal, this.#abort.signal]);
  }

  /** The call has been sent and its events come through the reader. */
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

  /** Ends the call. */
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
