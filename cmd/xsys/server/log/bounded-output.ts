import { fstatSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { pause } from "../../../../protocol/timers.ts";

/** Maximum number of unread bytes; further lines are dropped. */
const MOST_UNREAD = 1024 * 1024;
/** Milliseconds for the last lines to be read when the program ends. */
const FLUSH_TIMEOUT = 1_000;

/** An output for lines that never blocks the writer; lines may be lost instead. */
export interface LineOutput {
  write(line: string): void;
  /** Resolves when everything was read or there is no reader. Nothing may be written afterwards. */
  close(): Promise<void>;
}

/**
 * Standard output for a log. A reader that is slow or gone does not block the program: lines are dropped and counted.
 * `onDropped` creates the line that reports their number once the reader reads again.
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
    this.#socket.on("drain", () => this.#reportDropped());
    this.#socket.on("error", () => {}); // the reader is gone; the service continues without its log
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
    this.#socket.destroy(); // unread bytes would keep the process alive until they are read
  }

  #reportDropped(): void {
    if (this.#dropped === 0) return;
    const lines = this.#dropped;
    this.#dropped = 0;
    this.#socket.write(this.#onDropped(lines));
  }
}

/** A file or a terminal. Lines are also dropped if the disk is full or the terminal is gone. */
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
