import { PassThrough, Writable } from "node:stream";
import { hasErrorListener } from "./error-listener.ts";
import type { XyPrissError } from "./xypriss-error.ts";

/**
 * A command's input, in place of the standard input of XyPriss's process. "finish" is emitted when the command has
 * ended, so the file is written by then. When the command fails, the stream emits "error" if it has a listener for it;
 * otherwise it discards the rest and finishes, as standard input does. Destroying it before its end cancels the call;
 * nothing is written.
 */
export class WritingStream extends Writable {
  readonly #abort = new AbortController();
  readonly #input = new PassThrough();
  readonly #call: Promise<void>;
  #failed = false;
  #onFailure: () => void = () => {};

  constructor(
    run: (input: AsyncIterable<Uint8Array>, signal: AbortSignal) => Promise<unknown>,
    asXyPrissError: (error: unknown) => XyPrissError,
  ) {
    super();
    this.#input.on("error", () => {}); // the call reports its own failure
    this.#call = run(this.#input, this.#abort.signal).then(
      () => {},
      (error) => this.#fail(asXyPrissError(error)),
    );
  }

  /** The same as `end()`. */
  close(): void {
    this.end();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#failed || this.#input.write(chunk)) {
      done();
      return;
    }
    this.#onFailure = done;
    this.#input.once("drain", () => {
      this.#onFailure = () => {};
      done();
    });
  }

  override _final(done: () => void): void {
    this.#input.end();
    void this.#call.then(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#abort.abort();
    done(error);
  }

  #fail(error: XyPrissError): void {
    if (this.destroyed) return;
    this.#failed = true;
    this.#input.destroy();
    if (hasErrorListener(this, error)) this.destroy(error);
    else this.#onFailure();
  }
}
