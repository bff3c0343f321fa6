import { startTimer } from "../../protocol/timers.ts";
import { ByteReader, ByteWriter } from "../../protocol/wire/byte-stream.ts";
import type { FrameWriter } from "../../protocol/wire/frame.ts";
import { OUTPUT_CREDIT, STDIN, type TerminalSize } from "../../protocol/wire/front.ts";
import { encodeMessage, INITIAL_CREDIT } from "../../protocol/wire/message.ts";
import type { LineInput, LineOutput } from "./command-line.ts";

/** Milliseconds for which a failed command continues to read its input. */
const DRAIN_TIMEOUT = 30_000;

/** Standard input of a front, which reads it only when it gets credit. */
export class FrontInput implements LineInput {
  readonly #frames: FrameWriter;
  readonly #isTTY: boolean;
  readonly #reader: ByteReader;
  #asked = false;
  #ended = false;

  constructor(frames: FrameWriter, isTTY: boolean) {
    this.#frames = frames;
    this.#isTTY = isTTY;
    this.#reader = new ByteReader((bytes) => this.#grant(bytes));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    this.#ask();
    yield* this.#reader;
    this.#ended = true;
  }

  take(bytes: Uint8Array, last: boolean): void {
    this.#reader.push(bytes);
    if (last) this.#reader.end();
  }

  cancel(reason: Error): void {
    this.#ended = true;
    this.#reader.end(reason);
  }

  async drain(): Promise<void> {
    if (this.#ended || this.#isTTY) return;
    const overdue = startTimer(() => this.#reader.end(), DRAIN_TIMEOUT);
    try {
      for await (const _ of this);
    } catch {
    } finally {
      clearTimeout(overdue);
    }
  }

  release(): void {
    this.#reader.end();
  }

  #ask(): void {
    if (!this.#asked) this.#grant(INITIAL_CREDIT);
    this.#asked = true;
  }

  #grant(bytes: number): void {
    this.#frames.json(encodeMessage("Credit", { bytes }, STDIN));
  }
}

/** Standard output or standard error of a front. */
export class FrontOutput implements LineOutput {
  readonly #writer: ByteWriter;
  #size: TerminalSize;
  #last: Promise<void> = Promise.resolve();
  written = 0;

  constructor(frames: FrameWriter, id: number, size: TerminalSize) {
    this.#writer = new ByteWriter((bytes) => frames.chunk(id, bytes), OUTPUT_CREDIT);
    this.#size = size;
  }

  get isTTY(): boolean {
    return this.#size !== null;
  }

  get columns(): number | undefined {
    return this.#size?.columns;
  }

  resize(size: TerminalSize): void {
    this.#size = size;
  }

  /** Writes are sent in the order of the calls. */
  write(bytes: Uint8Array | string): Promise<void> {
    const sent = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
    this.written += sent.byteLength;
    const write = this.#last.then(() => this.#writer.write(sent));
    this.#last = write.catch(() => {});
    return write;
  }

  writeLast(text: string): Promise<void> {
    return this.write(text);
  }

  /** Resolves when everything was sent. */
  flushed(): Promise<void> {
    return this.#last;
  }

  grant(bytes: number): void {
    this.#writer.grant(bytes);
  }

  /** The front is gone or cannot write: writes fail with the reason. */
  close(reason: Error): void {
    this.#writer.close(reason);
  }
}
