import { once } from "node:events";
import { writeSync } from "node:fs";
import { getSystemErrorMessage } from "node:util";
import type { LineInput, LineOutput } from "../../internal/front/command-line.ts";
import { ERRORS } from "../../protocol/errors.ts";

const STDOUT = 1;
/** Milliseconds for which a failed command continues to read its input, so that the writer does not get EPIPE. */
const DRAIN_TIMEOUT = 30_000;

/**
 * Standard output as a command's output. If the reader is gone (`| head`), the program ends silently; if the disk is
 * full, it ends with an error message.
 */
export class StandardOutput implements LineOutput {
  /** Bytes written so far. */
  written = 0;
  #stream: NodeJS.WriteStream | undefined;

  get isTTY(): boolean {
    return process.stdout.isTTY === true;
  }

  get columns(): number | undefined {
    return process.stdout.columns;
  }

  async write(bytes: Uint8Array | string): Promise<void> {
    this.written += bytes.length;
    this.#stream ??= this.#open();
    if (!this.#stream.write(bytes)) await once(this.#stream, "drain");
  }

  /**
   * Writes the last text, which must be ASCII. If nothing was written before, it is written directly to the descriptor:
   * loading the stream takes 2 ms, a tenth of a one-shot command.
   */
  async writeLast(text: string): Promise<void> {
    const done = this.#stream === undefined ? writeAtOnce(text) : 0;
    this.written += done;
    if (done < text.length) await this.write(text.slice(done));
  }

  #open(): NodeJS.WriteStream {
    return process.stdout.on("error", endByFailure);
  }
}

/** Standard error. Write errors are ignored, because the exit status still indicates the failure. */
export class StandardError implements LineOutput {
  written = 0;

  get isTTY(): boolean {
    return process.stderr.isTTY === true;
  }

  get columns(): number | undefined {
    return process.stderr.columns;
  }

  async write(bytes: Uint8Array | string): Promise<void> {
    if (this.written === 0) process.stderr.on("error", () => {});
    this.written += bytes.length;
    process.stderr.write(bytes);
  }

  writeLast(text: string): Promise<void> {
    return this.write(text);
  }
}

/** Writes as much as standard output accepts now, and returns how much. */
function writeAtOnce(text: string): number {
  let done = 0;
  try {
    while (done < text.length) done += writeSync(STDOUT, done === 0 ? text : text.slice(done), null, "latin1");
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    if (failure.code !== "EAGAIN") endByFailure(failure);
  }
  return done;
}

/** Ends the program after a write error. The native front does the same: clients/front/front.c. */
function endByFailure({ code, errno, message }: NodeJS.ErrnoException): never {
  if (code === "EPIPE") process.exit(0);
  const reason = errno === undefined ? message : getSystemErrorMessage(errno);
  process.stderr.on("error", () => {}).write(`xsys: standard output cannot be written: ${reason}\n`);
  process.exit(ERRORS.IO_ERROR.exit);
}

/** Standard input as bytes. It is read only on demand, because XyPriss leaves an open pipe that never ends. */
export class StandardInput implements LineInput {
  #ended = false;

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of process.stdin.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
    this.#ended = true;
  }

  cancel(reason: Error): void {
    process.stdin.on("error", () => {}); // a command without input has no listener
    process.stdin.destroy(reason);
  }

  /**
   * Reads the rest of the input. A command with input always does this, even on failure: XyPriss's client does not
   * handle EPIPE, so a pipe that is closed early would crash the application.
   */
  async drain(): Promise<void> {
    if (this.#ended || process.stdin.isTTY || process.stdin.readableEnded || process.stdin.errored) return;
    process.stdin.resume();
    const overdue = AbortSignal.timeout(DRAIN_TIMEOUT);
    await Promise.race([once(process.stdin, "end"), once(process.stdin, "close"), once(overdue, "abort")]).catch(
      () => {},
    );
  }

  release(): void {
    process.stdin.destroy();
  }
}
