import { XsysError } from "../../protocol/errors.ts";

/** Counts the bytes of an answer while it is being built, so that one that is too large ends the work at once. */
export class AnswerSize {
  readonly #command: string;
  readonly #path: string;
  readonly #limit: number;
  #bytes = 0;

  constructor(command: string, path: string, limit: number) {
    this.#command = command;
    this.#path = path;
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Raises TOO_LARGE when this many bytes more are over the limit. */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= this.#limit) return;
    throw new XsysError(
      "TOO_LARGE",
      `${this.#command} failed on ${this.#path}: the answer would have more than the ${this.#limit} bytes allowed`,
      { details: { path: this.#path, limit: this.#limit } },
    );
  }
}
