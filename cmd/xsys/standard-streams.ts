import { once } from "node:events";
import { getSystemErrorMessage } from "node:util";
import type { Output } from "../../internal/context.ts";
import { ERRORS } from "../../protocol/errors.ts";
import { complain } from "./report-error.ts";

/** How long a failed command reads on so that whoever writes to it does not meet a closed pipe, in milliseconds. */
const DRAIN_TIMEOUT = 30_000;

/**
 * Standard output as a command's output. A reader that went away (`| head`) ends the program without a word; a disk that
 * is full ends it with one.
 */
export class StandardOutput implements Output {
  /** Bytes written so far. */
  written = 0;

  constructor() {
    process.stdout.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(0);
      const reason = error.errno === undefined ? error.message : getSystemErrorMessage(error.errno);
      complain(`xsys: standard output cannot be written: ${reason}`);
      process.exit(ERRORS.IO_ERROR.exit);
    });
  }

  async write(bytes: Uint8Array | string): Promise<void> {
    this.written += bytes.length;
    if (!process.stdout.write(bytes)) await once(process.stdout, "drain");
  }
}

/** Standard input as bytes, read only when somebody asks for it: XyPriss leaves an open pipe that never ends. */
export class StandardInput implements AsyncIterable<Uint8Array> {
  #ended = false;

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of process.stdin.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
    this.#ended = true;
  }

  /** Makes whoever reads fail. */
  cancel(reason: Error): void {
    process.stdin.on("error", () => {}); // of a command that reads none, nobody listens
    process.stdin.destroy(reason);
  }

  /**
   * Reads what is left. A command that takes input does so however it ends: XyPriss's client has nobody listening for
   * EPIPE on its end, so a pipe closed early would take the application down.
   */
  async drain(): Promise<void> {
    if (this.#ended || process.stdin.isTTY || process.stdin.readableEnded || process.stdin.errored) return;
    process.stdin.resume();
    const overdue = AbortSignal.timeout(DRAIN_TIMEOUT);
    await Promise.race([once(process.stdin, "end"), once(process.stdin, "close"), once(overdue, "abort")]).catch(
      () => {},
    );
  }

  /** Lets the process end although standard input is open. */
  release(): void {
    process.stdin.destroy();
  }
}
