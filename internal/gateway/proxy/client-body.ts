import { Readable } from "node:stream";

/**
 * A client's body for one upstream, begun with the first read: until then another upstream can have it. Whoever destroys
 * this one leaves the client's own stream as it is, and so the connection that the client hears the answer on.
 */
export class ClientBody extends Readable {
  readonly #source: Readable;
  #isBegun = false;

  constructor(source: Readable) {
    super();
    this.#source = source;
    // It may fail before its upstream listens, or when it no longer does: who waits for the answer hears of it.
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
    if (!this.#source.readableEnded) this.destroy(new Error("the client has gone in the middle of its body"));
  };
}
