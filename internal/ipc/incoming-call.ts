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

/**
 * One unanswered call of a peer. Signal, output and events are created on first use, so that plain calls stay cheap.
 */
export class IncomingCall implements Call {
  readonly name: string;
  /** Absent for XyPriss's clients, whose calls are answered in order. */
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
  /** Credit granted before the output or the events were created; the handler may still be loading. */
  readonly #earlyCredit = { bytes: 0, events: 0 };

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
    this.progress = wantsProgress && id !== undefined ? (progress) => this.#sendEvent({ progress }) : undefined;
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

  /** The call's byte stream. Only a call with an id can have one, because chunks are matched to calls by id. */
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
      this.#output.grant(this.#earlyCredit.bytes);
      if (this.#cancelled !== undefined) this.#output.close(this.#cancelled);
    }
    return this.#output;
  }

  /** The call's events. Only a call with an id can have them, because they are matched to calls by id. */
  get events(): Events {
    if (this.id === undefined) {
      throw new XsysError("INVALID_PARAMS", `${this.name} sends events, which only a call with an id can receive`);
    }
    if (this.#events === undefined) {
      this.#events = new EventWriter((event) => this.#sendEvent({ event }));
      this.#events.grant(this.#earlyCredit.events);
      if (this.#cancelled !== undefined) this.#events.close(this.#cancelled);
    }
    return this.#events;
  }

  #sendEvent(payload: EventPayload): void {
    this.#frames.json(encodeMessage("Event", payload, this.id));
  }

  /** Adds bytes to the input, or ends it. Chunks for a call without input are dropped. */
  take(bytes: Uint8Array, last: boolean): void {
    this.#input?.push(bytes);
    if (last) this.#input?.end();
  }

  grant({ bytes = 0, events = 0 }: Credit): void {
    if (this.#output === undefined) this.#earlyCredit.bytes += bytes;
    else this.#output.grant(bytes);
    if (this.#events === undefined) this.#earlyCredit.events += events;
    else this.#events.grant(events);
  }

  /**
   * The peer cancelled the call or disconnected. The handler is notified through its signal, input, output and events.
   */
  cancel(reason: XsysError): void {
    if (this.#cancelled !== undefined) return;
    this.#cancelled = reason;
    this.#abort?.abort(reason);
    this.#input?.end(reason);
    this.#output?.close(reason);
    this.#events?.close(reason);
  }

  /** The handler has returned: ends the output, and discards further input. */
  finish(): void {
    if (this.#output !== undefined && this.id !== undefined) this.#frames.chunk(this.id, new Uint8Array(), LAST_CHUNK);
    this.#input?.end();
  }
}

const NO_INPUT: AsyncIterable<Uint8Array> = {
  async *[Symbol.asyncIterator]() {},
};
