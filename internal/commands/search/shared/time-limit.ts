import { XsysError } from "../../../../protocol/errors.ts";

/** One time limit for all tasks of a search. */
export class TimeLimit {
  readonly #command: string;
  readonly #path: string;
  readonly #milliseconds: number;
  readonly #end: number;

  constructor(command: string, path: string, milliseconds: number) {
    this.#command = command;
    this.#path = path;
    this.#milliseconds = milliseconds;
    this.#end = performance.now() + milliseconds;
  }

  /** Runs a task with the remaining time. */
  async keep<T>(run: (timeLimit: number) => Promise<T>): Promise<T> {
    try {
      return await run(Math.max(1, Math.ceil(this.#end - performance.now())));
    } catch (error) {
      if (!(error instanceof XsysError && error.code === "TIMEOUT")) throw error;
      const message = `${this.#command} failed on ${this.#path}: it took longer than ${this.#milliseconds} ms`;
      throw new XsysError("TIMEOUT", message, {
        details: { path: this.#path, timeout: this.#milliseconds },
        cause: error,
      });
    }
  }
}
