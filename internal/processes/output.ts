import type { Readable } from "node:stream";
import { LineCutter } from "./line-cutter.ts";

export type OutputName = "stdout" | "stderr";

/** Maximum lines and bytes of a worker's output per window of one second. Output above it is dropped. */
export const MAX_LINES = 2_000;
const MAX_BYTES = 4 * 1024 * 1024;
const WINDOW = 1_000;

/**
 * Bytes that are read between two pauses above the limit, and the pause in milliseconds: 25 MB/s, 3 % of the event
 * loop.
 */
const BURST = 256 * 1024;
const PAUSE = 10;
/** Bytes that are processed between two checks of the limit: a chunk of 64 KiB may have 65,536 lines. */
const SLICE = 8_192;
/** Dropped lines are reported in the first window of a flood, and then once per this many windows. */
const REPORT_EVERY = 10;

interface Listener {
  line(stream: OutputName, line: string): void;
  /** Called with the number of dropped lines, during a flood and at its end. */
  flood(dropped: number): void;
}

/**
 * Reads a worker's output line by line, with a rate limit. A worker above the limit is slowed down, and its lines are
 * dropped.
 */
export class ProcessOutput {
  readonly #listener: Listener;
  #windowEnds = 0;
  #lines = 0;
  #bytes = 0;
  #dropped = 0;
  /** Lines dropped since the last tick. */
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

  /** Reports the remaining dropped lines. */
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
    stream.on("error", () => {}); // the end of the process is reported elsewhere
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
