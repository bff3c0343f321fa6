import { once } from "node:events";
import { writeSync } from "node:fs";
import { getSystemErrorMessage } from "node:util";
import type { Output } from "../../internal/base/context.ts";
import { ERRORS } from "../../protocol/errors.ts";

const STDOUT = 1;
/** How long a failed command reads on so that whoever writes to it does not meet a closed pipe, in milliseconds. */
const DRAIN_TIMEOUT = 30_000;

/**
 * Standard output as a command's output. A reader that went away (`| head`) ends the program without a word; a disk that
 * is full ends it with one.
 */
export class StandardOutput implements Output {
  /** Bytes written so far. */
  written = 0;
  #stream: NodeJS.WriteStream | undefined;

  async write(bytes: Uint8Array | string): Promise<void> {
    this.written += bytes.length;
    this.#stream ??= this.#open();
    if (!this.#stream.write(bytes)) await once(this.#stream, "drain");
  }

  /**
   * Writes ASCII that nothing comes after. Where nothing came before it either, the operating system is handed it at
   * once: the stream takes 2 ms to load, a tenth of a one-shot command.
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

/** Writes as much as standard output takes now, and tells how much. */
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

/** Ends the program for what it cannot write. */
export function endByFailure({ code, errno, message }: NodeJS.ErrnoException): never {
  if (code === "EPIPE") process.exit(0);
  const reason = errno === undefined ? message : getSystemErrorMessage(errno);
  complain(`xsys: standard output cannot be written: ${reason}`);
  process.exit(ERRORS.IO_ERROR.exit);
}

/** Writes a line on standard error. Where that cannot be written, the exit status still tells. */
export function complain(line: string): void {
  process.stderr.on("error", () => {});
  process.stderr.write(`${line}\n`);
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
