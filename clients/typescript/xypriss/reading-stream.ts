import { Readable } from "node:stream";
import { isListenedTo } from "./quiet-failure.ts";
import type { XyPrissError } from "./xypriss-error.ts";

/**
 * What a command sends, where XyPriss has the process's standard output. When the command fails, whoever listens for
 * errors gets the error; for the others the stream ends, as standard output does. Destroying it cancels the call.
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
    this.#source.catch(() => {}); // told to whoever reads
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
      if (isListenedTo(this, error)) this.destroy(error);
      else this.push(null);
    }
  }
}
