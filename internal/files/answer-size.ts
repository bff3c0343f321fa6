import { XsysError } from "../../protocol/errors.ts";

/** Counts the bytes of an answer while it is built, so that work stops as soon as it becomes too large. */
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

  /**
   * Adds bytes.
   * @throws TOO_LARGE when the total exceeds the limit.
   */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= this.#limit) return;
    throw new XsysError(
      "TOO_LARGE",
      `${this.#command} failed on ${this.#path}: the answer would exceed the limit of ${this.#limit} bytes`,
      { details: { path: this.#path, limit: this.#limit } },
    );
  }
}
