import { setImmediate as nextTurn } from "node:timers/promises";
import { isRunning, processState } from "../../support/process-state.ts";

/** Resolves when a process has ended. A zombie counts as ended. */
export async function gone(pid: number): Promise<void> {
  while (isRunning(pid)) await nextTurn();
}

/** Resolves when a process is sleeping, that is, waiting for something. */
export async function asleep(pid: number): Promise<void> {
  while (processState(pid) !== "S") await nextTurn();
}

/** Collects the output of a terminal as text, and waits for parts of it. */
export class Screen {
  readonly #pieces: AsyncIterator<Uint8Array>;
  text = "";

  constructor(output: AsyncIterable<Uint8Array>) {
    this.#pieces = output[Symbol.asyncIterator]();
  }

  /** Resolves when the text is shown. Discards the output up to the end of the match. */
  async shows(wanted: string | RegExp): Promise<string> {
    for (;;) {
      const at = typeof wanted === "string" ? this.text.indexOf(wanted) : this.text.search(wanted);
      if (at >= 0) {
        const found = typeof wanted === "string" ? wanted : (wanted.exec(this.text)?.[0] ?? "");
        this.text = this.text.slice(at + found.length);
        return found;
      }
      const { done, value } = await this.#pieces.next();
      if (done) throw new Error(`the terminal ended and showed ${JSON.stringify(this.text)}, not ${wanted}`);
      this.text += Buffer.from(value).toString();
    }
  }

  async rest(): Promise<string> {
    for (let next = await this.#pieces.next(); !next.done; next = await this.#pieces.next()) {
      this.text += Buffer.from(next.value).toString();
    }
    return this.text;
  }
}

/** An input into which a test types while the call is running. */
export class Keyboard implements AsyncIterable<Uint8Array> {
  readonly #typed: Buffer[] = [];
  #ended = false;
  #wake: () => void = () => {};

  type(text: string): void {
    this.#typed.push(Buffer.from(text));
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const bytes = this.#typed.shift();
      if (bytes !== undefined) yield bytes;
      else if (this.#ended) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
