import { XsysError } from "../../protocol/errors.ts";
import { ByteReader, ByteWriter } from "../../protocol/wire/byte-stream.ts";
import { type EventPayload, EventWriter, type Progress } from "../../protocol/wire/event-stream.ts";
import { type FrameWriter, LAST_CHUNK } from "../../protocol/wire/frame.ts";
import { type Credit, encodeMessage } from "../../protocol/wire/message.ts";
import type { Call, Events, Output, Peer } from "../base/context.ts";

export interface CallOrigin {
  readonly takesInput: boolean;
  readonly wantsProgress: boolean;
  readonly callerPid: number | undefined;
  readonly peer: Peer;
}

/** One call that a peer made and that is not answered yet. What a plain call does not use is never made. */
export class IncomingCall implements Call {
  readonly name: string;
  /** Absent for XyPriss's clients, which have their answers in the order asked. */
  readonly id: number | undefined;
  readonly startedAt: number = performance.now();
  readonly callerPid: number | undefined;
  readonly peer: Peer;
  readonly takesRawJson = true;
  readonly progress: ((progress: Progress) => void) | undefined;
  readonly #frames: FrameWriter;
  #abort: AbortController | undefined;
  #cancelled: XsysError | undefined;
  #input: ByteReader | undefined;
  #output: ByteWriter | undefined;
  #events: EventWriter | undefined;
  /** Granted before anything was sent: the handler may not even be loaded yet. */
  readonly #early = { bytes: 0, events: 0 };

  constructor(
    name: string,
    id: number | undefined,
    frames: FrameWriter,
    { takesInput, wantsProgress, callerPid, peer }: CallOrigin,
  ) {
    this.name = name;
    this.id = id;
    this.callerPid = callerPid;
    this.peer = peer;
    this.progress = wantsProgress && id !== undefined ? (progress) => this.#tell({ progress }) : undefined;
    this.#frames = frames;
    if (takesInput && id !== undefined) {
      this.#input = new ByteReader((bytes) => frames.json(encodeMessage("Credit", { bytes }, id)));
    }
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#cancelled !== undefined) this.#abort.abort(this.#cancelled);
    }
    return this.#abort.signal;
  }

  get input(): AsyncIterable<Uint8Array> {
    return this.#input ?? NO_INPUT;
  }

  /** The bytes this call sends; only one with an id can, for chunks are told apart by it. */
  get output(): Output {
    const { id } = this;
    if (id === undefined) {
      throw new XsysError(
        "INVALID_PARAMS",
        `${this.name} sends a byte stream, which only a call with an id can receive`,
      );
    }
    if (this.#output === undefined) {
      this.#output = new ByteWriter((bytes) => this.#frames.chunk(id, bytes));
      this.#output.grant(this.#early.bytes);
      if (this.#cancelled !== undefined) this.#output.close(this.#cancelled);
    }
    return this.#output;
  }

  /** The events this call sends, which only one with an id can. */
  get events(): Events {
    if (this.id === undefined) {
      throw new XsysError("INVALID_PARAMS", `${this.name} sends events, which only a call with an id can receive`);
    }
    if (this.#events === undefined) {
      this.#events = new EventWriter((event) => this.#tell({ event }));
      this.#events.grant(this.#early.events);
      if (this.#cancelled !== undefined) this.#events.close(this.#cancelled);
    }
    return this.#events;
  }

  #tell(payload: EventPayload): void {
    this.#frames.json(encodeMessage("Event", payload, this.id));
  }

  /** Bytes, or the end, of the input. Chunks for a call that takes none are dropped. */
  take(bytes: Uint8Array, last: boolean): void {
    this.#input?.push(bytes);
    if (last) this.#input?.end();
  }

  grant({ bytes = 0, events = 0 }: Credit): void {
    if (this.#output === undefined) this.#early.bytes += bytes;
    else this.#output.grant(bytes);
    if (this.#events === undefined) this.#early.events += events;
    else this.#events.grant(events);
  }

  /** The peer gave up or is gone. The handler finds out by its signal, its input or its output. */
  cancel(reason: XsysError): void {
    if (this.#cancelled !== undefined) return;
    this.#cancelled = reason;
    this.#abort?.abort(reason);
    this.#input?.end(reason);
    this.#output?.close(reason);
    this.#events?.close(reason);
  }

  /** The handler is done: what it sent is complete, and what is still coming is of no use. */
  finish(): void {
    if (this.#output !== undefined && this.id !== undefined) this.#frames.chunk(this.id, new Uint8Array(), LAST_CHUNK);
    this.#input?.end();
  }
}

const NO_INPUT: AsyncIterable<Uint8Array> = {
  async *[Symbol.asyncIterator]() {},
};
