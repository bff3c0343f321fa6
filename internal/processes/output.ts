import type { Readable } from "node:stream";
import { LineCutter } from "./line-cutter.ts";

export type OutputName = "stdout" | "stderr";

/** What of a worker's output is passed on within a second; what goes beyond it is dropped. */
export const MAX_LINES = 2_000;
const MAX_BYTES = 4 * 1024 * 1024;
const WINDOW = 1_000;

/** Bytes of a flood that are read before its writer has to wait, and for how long: 25 MB/s, at 3 % of the event loop. */
const BURST = 256 * 1024;
const PAUSE = 10;
/** Bytes looked at in one go: a chunk of 64 KiB may have 65,536 lines. */
const SLICE = 8_192;
/** The losses of a lasting flood are told at its beginning, and then every so many windows. */
const REPORT_EVERY = 10;

interface Listener {
  line(stream: OutputName, line: string): void;
  /** Lines were dropped: when a flood is over, and now and then while it lasts. */
  flood(dropped: number): void;
}

/** What a worker prints, line by line, so much in a second. A worker that prints more waits, and loses the lines. */
export class ProcessOutput {
  readonly #listener: Listener;
  #windowEnds = 0;
  #lines = 0;
  #bytes = 0;
  #dropped = 0;
  /** Of them, since the last tick. */
  #droppedInWindow = 0;
  #ticks = 0;
  #ticker: NodeJS.Timeout | undefined;

  constructor(streams: Readonly<Partial<Record<OutputName, Readable | null>>>, listener: Listener) {
    this.#listener = listener;
    for (const name of ["stdout", "stderr"] as const) {
      const stream = streams[name];
      if (stream) this.#follow(name, stream);
    }
  }

  /** Tells of the last losses. */
  end(): void {
    this.#stopTicking();
    this.#reportDropped();
  }

  #follow(name: OutputName, stream: Readable): void {
    const cutter = new LineCutter();
    const onLine = (line: string) => this.#pass(name, line);
    let burst = 0;
    stream.on("data", (chunk: Buffer) => {
      for (let at = 0; at < chunk.length; at += SLICE) this.#take(chunk.subarray(at, at + SLICE), cutter, onLine);
      burst = this.#isFlooded ? burst + chunk.length : 0;
      if (burst < BURST) return;
      burst = 0;
      stream.pause();
      setTimeout(() => stream.resume(), PAUSE);
    });
    stream.on("end", () => cutter.end(onLine));
    stream.on("error", () => {}); // its end is told by the process's own
  }

  get #isFlooded(): boolean {
    return this.#lines >= MAX_LINES || this.#bytes >= MAX_BYTES;
  }

  #take(bytes: Buffer, cutter: LineCutter, onLine: (line: string) => void): void {
    const now = performance.now();
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + WINDOW;
      this.#lines = 0;
      this.#bytes = 0;
    }
    this.#bytes += bytes.length;
    if (this.#isFlooded) this.#drop(cutter.discard(bytes));
    else cutter.push(bytes, onLine);
  }

  #pass(name: OutputName, line: string): void {
    this.#lines++;
    if (this.#lines > MAX_LINES) this.#drop(1);
    else this.#listener.line(name, line);
  }

  #drop(lines: number): void {
    this.#dropped += lines;
    this.#droppedInWindow += lines;
    this.#ticker ??= setInterval(() => this.#tick(), WINDOW).unref();
  }

  #tick(): void {
    const isOver = this.#droppedInWindow === 0;
    this.#droppedInWindow = 0;
    if (isOver || this.#ticks % REPORT_EVERY === 0) this.#reportDropped();
    this.#ticks++;
    if (isOver) this.#stopTicking();
  }

  #stopTicking(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    this.#ticks = 0;
  }

  #reportDropped(): void {
    if (this.#dropped > 0) this.#listener.flood(this.#dropped);
    this.#dropped = 0;
  }
}
