import { Readable } from "node:stream";
import type { Dispatcher } from "undici";

/** An answer's body as it comes, no faster than it is taken. Destroyed before its end, it ends the request upstream. */
export class UpstreamBody extends Readable {
  readonly #controller: Dispatcher.DispatchController;

  constructor(controller: Dispatcher.DispatchController) {
    super();
    this.#controller = controller;
    // An upstream that dies while nobody listens yet ends this answer, not the service.
    this.on("error", () => {});
  }

  add(chunk: Buffer): void {
    if (!this.push(chunk)) this.#controller.pause();
  }

  override _read(): void {
    this.#controller.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.readableEnded) this.#controller.abort(error ?? new Error("the answer is not wanted any more"));
    done(error);
  }
}
