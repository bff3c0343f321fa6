import { Readable } from "node:stream";

/**
 * A client's body for one upstream. It is not consumed before the first read; until then it can go to another upstream.
 * Destroying it does not destroy the client's stream, whose connection is needed for the answer.
 */
export class ClientBody extends Readable {
  readonly #source: Readable;
  #isBegun = false;

  constructor(source: Readable) {
    super();
    this.#source = source;
    // It may fail while undici does not listen for errors. The caller gets the error through the answer.
    this.on("error", () => {});
  }

  override _read(): void {
    if (this.#isBegun) {
      this.#source.resume();
      return;
    }
    this.#isBegun = true;
    if (this.#source.errored) this.destroy(this.#source.errored);
    else if (this.#source.readableEnded) this.push(null);
    else if (this.#source.destroyed) this.#cutShort();
    else this.#source.on("data", this.#pass).on("end", this.#end).on("error", this.#fail).on("close", this.#cutShort);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#source.off("data", this.#pass).off("end", this.#end).off("close", this.#cutShort);
    this.#source.pause();
    done(error);
  }

  readonly #pass = (chunk: Buffer): void => {
    if (!this.push(chunk)) this.#source.pause();
  };

  readonly #end = (): void => {
    this.push(null);
  };

  readonly #fail = (error: Error): void => {
    this.destroy(error);
  };

  readonly #cutShort = (): void => {
    if (!this.#source.readableEnded) this.destroy(new Error("the client disconnected before the end of its body"));
  };
}
