import { Readable } from "node:stream";
import { hasErrorListener } from "./error-listener.ts";
import type { XyPrissError } from "./xypriss-error.ts";

/**
 * The bytes that a command sends, in place of the standard output of XyPriss's process. When the command fails, the
 * stream emits "error" if it has a listener for it; otherwise it ends, as standard output does. Destroying it cancels
 * the call.
 */
export class ReadingStream extends Readable {
  readonly #abort = new AbortController();
  readonly #source: Promise<AsyncIterator<Uint8Array>>;
  readonly #asXyPrissError: (error: unknown) => XyPrissError;

  constructor(
    open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>,
    asXyPrissError: (error: unknown) => XyPrissError,
  ) {
    super();
    this.#asXyPrissError = asXyPrissError;
    this.#source = open(this.#abort.signal).then((bytes) => bytes[Symbol.asyncIterator]());
    this.#source.catch(() => {}); // no unhandled rejection: reading reports it
  }

  override _read(): void {
    void this.#move();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#abort.abort();
    done(error);
  }

  async #move(): Promise<void> {
    try {
      const { value, done } = await (await this.#source).next();
      this.push(done === true ? null : value);
    } catch (cause) {
      if (this.destroyed) return;
      const error = this.#asXyPrissError(cause);
      if (hasErrorListener(this, error)) this.destroy(error);
      else this.push(null);
    }
  }
}
