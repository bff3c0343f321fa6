import { FrameReader } from "./frame.ts";
import { type Message, parseMessage } from "./message.ts";

/** Handles what arrives on a connection. What is passed on aliases the bytes read: copy what must last. */
export interface MessageHandler {
  message(message: Message): void;
  /** A part of a chunk of a byte stream; `last` with the end of the stream. */
  chunk(id: number, bytes: Buffer, last: boolean): void;
  /** Handles a payload that is not JSON; false when it is unknown, which is a fault. */
  binary?(payload: Buffer): boolean;
  /** The peer broke the protocol, or a handler threw: nothing after it can be read. */
  fault(error: unknown): void;
}

/** First byte of a JSON object. */
const BRACE = 0x7b;

/** Reads a connection's bytes: cuts them into frames, parses those that are JSON, and hands each to its handler. */
export class MessageReader {
  readonly #frames: FrameReader;
  readonly #handler: MessageHandler;

  /** `maxFrame` in bytes of a payload. */
  constructor(handler: MessageHandler, maxFrame?: number) {
    this.#frames = new FrameReader(maxFrame);
    this.#handler = handler;
  }

  set maxFrame(bytes: number) {
    this.#frames.maxFrame = bytes;
  }

  /** Whether a frame has begun and not ended. */
  get midFrame(): boolean {
    return this.#frames.midFrame;
  }

  receive(bytes: Buffer): void {
    try {
      this.#frames.push(bytes, this.#takePayload, this.#takeChunk);
    } catch (error) {
      this.#handler.fault(error);
    }
  }

  readonly #takeChunk = (id: number, bytes: Buffer, last: boolean): void => this.#handler.chunk(id, bytes, last);

  readonly #takePayload = (payload: Buffer): void => {
    const handler = this.#handler;
    if (payload[0] !== BRACE && handler.binary?.(payload) === true) return;
    handler.message(parseMessage(payload));
  };
}
