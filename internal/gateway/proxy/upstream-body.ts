import { Readable } from "node:stream";
import type { Dispatcher } from "undici";

/**
 * A streamed body of an answer, with back pressure. Destroying it before its end aborts the request to the upstream.
 */
export class UpstreamBody extends Readable {
  readonly #controller: Dispatcher.DispatchController;

  constructor(controller: Dispatcher.DispatchController) {
    super();
    this.#controller = controller;
    // Without a listener, an upstream's failure would end the process.
    this.on("error", () => {});
  }

  add(chunk: Buffer): void {
    if (!this.push(chunk)) this.#controller.pause();
  }

  override _read(): void {
    this.#controller.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.readableEnded) this.#controller.abort(error ?? new Error("the answer is no longer needed"));
    done(error);
  }
}
