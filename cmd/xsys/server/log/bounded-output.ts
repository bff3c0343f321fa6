import { fstatSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { pause } from "../../../../protocol/timers.ts";

/** Bytes that wait for a reader; what comes beyond them is dropped. */
const MOST_UNREAD = 1024 * 1024;
/** Milliseconds that the last lines have to be read when the program ends. */
const FLUSH_TIMEOUT = 1_000;

/** Lines to where they may be lost, and never to the cost of whoever writes them. */
export interface LineOutput {
  write(line: string): void;
  /** Resolves when all was read, or nobody reads; nothing is written after it. */
  close(): Promise<void>;
}

/**
 * Standard output for a log. A reader that does not read, or has gone, holds up nothing: lines are dropped and counted,
 * and `onDropped` makes the line that tells how many, once somebody reads again.
 */
export function standardOutput(onDropped: (lines: number) => string, fd = 1): LineOutput {
  return fstatSync(fd).isFIFO() || fstatSync(fd).isSocket()
    ? new PipeOutput(fd, onDropped)
    : new FileOutput(fd, onDropped);
}

class PipeOutput implements LineOutput {
  readonly #socket: Socket;
  readonly #onDropped: (lines: number) => string;
  #dropped = 0;

  constructor(fd: number, onDropped: (lines: number) => string) {
    this.#onDropped = onDropped;
    this.#socket = new Socket({ fd, readable: false, writable: true });
    this.#socket.on("drain", () => this.#tellDropped());
    this.#socket.on("error", () => {}); // the reader has gone: the service is not there for its log
  }

  write(line: string): void {
    if (!this.#socket.writable) return;
    if (this.#socket.writableLength > MOST_UNREAD) this.#dropped++;
    else this.#socket.write(line);
  }

  async close(): Promise<void> {
    const flushed = Promise.withResolvers<void>();
    this.#socket.once("close", flushed.resolve);
    if (this.#socket.closed) flushed.resolve();
    this.#socket.end(() => flushed.resolve());
    const overdue = new AbortController();
    await Promise.race([flushed.promise, pause(FLUSH_TIMEOUT, overdue.signal).catch(() => {})]);
    overdue.abort();
    this.#socket.destroy(); // what is unread would keep the process for as long as nobody reads it
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    const lines = this.#dropped;
    this.#dropped = 0;
    this.#socket.write(this.#onDropped(lines));
  }
}

/** A file or a terminal. A disk that is full, or a terminal that is gone, costs lines as well. */
class FileOutput implements LineOutput {
  readonly #fd: number;
  readonly #onDropped: (lines: number) => string;
  #dropped = 0;

  constructor(fd: number, onDropped: (lines: number) => string) {
    this.#fd = fd;
    this.#onDropped = onDropped;
  }

  write(line: string): void {
    try {
      if (this.#dropped > 0) writeSync(this.#fd, this.#onDropped(this.#dropped));
      this.#dropped = 0;
      writeSync(this.#fd, line);
    } catch {
      this.#dropped++;
    }
  }

  async close(): Promise<void> {}
}
