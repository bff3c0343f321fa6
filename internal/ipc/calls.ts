import { commandName, contractsByName } from "../../protocol/commands/index.ts";
import { XsysError } from "../../protocol/errors.ts";
import type { FrameWriter } from "../../protocol/wire/frame.ts";
import {
  type CoreCommand,
  type Credit,
  encodeError,
  encodeRawResult,
  encodeResult,
  type Message,
} from "../../protocol/wire/message.ts";
import type { Call, Peer } from "../base/context.ts";
import { RawJson } from "../base/raw-json.ts";
import type { CallStatistics } from "./call-statistics.ts";
import { IncomingCall } from "./incoming-call.ts";
import type { IpcLimits } from "./limits.ts";

/** Runs commands by name, as the host's router does. */
export interface CommandRouter {
  /** A plain value, or a promise; what it throws or rejects with is an XsysError. */
  call(name: string, params: unknown, call: Call): unknown;
}

/** What a connection's calls need of the server. */
export interface CallsOwner {
  readonly router: CommandRouter;
  readonly limits: IpcLimits;
  readonly statistics: CallStatistics;
  readonly draining: boolean;
}

/** The connection that calls came by. */
export interface Caller extends Peer {
  /** The process on whose behalf it calls, as it says: Node has no SO_PEERCRED. */
  readonly pid: number | undefined;
  /** Whether answers can still be sent. */
  readonly isOpen: boolean;
  /** Bytes of answers that the peer has not taken yet. */
  readonly unsent: number;
  /** A call was answered. */
  onSettled(): void;
}

/** Characters of an answer that is always kept: as many calls as may be in flight have 64 MiB at the most. */
const SMALL_ANSWER = 65_536;
/** Answers of the largest size that are kept for a peer that does not read. */
const UNSENT_FRAMES = 4;

/** The calls of one connection that are not answered yet. */
export class Calls {
  readonly #owner: CallsOwner;
  readonly #caller: Caller;
  readonly #writer: FrameWriter;
  /** Calls with an id: answered as they finish. */
  readonly #byId = new Map<number, IncomingCall>();
  /** Calls without an id: one at a time, in the order asked. The first is the one that runs. */
  readonly #inOrder: { readonly call: IncomingCall; readonly params: unknown }[] = [];

  constructor(owner: CallsOwner, caller: Caller, writer: FrameWriter) {
    this.#owner = owner;
    this.#caller = caller;
    this.#writer = writer;
  }

  get inFlight(): number {
    return this.#byId.size + this.#inOrder.length;
  }

  /** Calls in order cannot be refused out of it: above the limit the connection is read no further. */
  get tooManyInOrder(): boolean {
    return this.#inOrder.length > this.#owner.limits.maxInflight;
  }

  /** @throws BAD_FRAME for an id that is in use. */
  begin({ id, payload }: Message): void {
    const command = payload as Partial<CoreCommand> | null | undefined;
    if (typeof command?.module !== "string" || typeof command.action !== "string") {
      const error = new XsysError("INVALID_PARAMS", "a CoreCommand needs a module and an action, both text");
      this.#writer.json(encodeError(error, id));
      return;
    }
    const call = new IncomingCall(commandName(command.module, command.action), id, this.#writer, {
      takesInput: command.input === true,
      wantsProgress: command.progress === true,
      callerPid: this.#caller.pid,
      peer: this.#caller,
    });
    const params = command.params ?? {};
    if (id === undefined) {
      this.#inOrder.push({ call, params });
      if (this.#inOrder.length === 1) this.#run(call, params);
      return;
    }
    if (this.#byId.has(id)) throw new XsysError("BAD_FRAME", `the id ${id} is already in use by a call in flight`);
    const { maxInflight } = this.#owner.limits;
    if (this.#byId.size >= maxInflight) {
      this.#writer.json(
        encodeError(new XsysError("LIMIT_EXCEEDED", `more than ${maxInflight} calls are in flight`), id),
      );
      return;
    }
    this.#byId.set(id, call);
    this.#run(call, params);
  }

  /** Bytes of a call's input. Those of a call that is over are dropped. */
  take(id: number, bytes: Buffer, last: boolean): void {
    this.#byId.get(id)?.take(bytes, last);
  }

  /** @throws BAD_FRAME */
  credit({ id, payload }: Message): void {
    const { bytes, events } = (payload ?? {}) as Credit;
    if (id === undefined || !isGrant(bytes ?? events) || !isGrant(events ?? bytes)) {
      throw new XsysError("BAD_FRAME", "a Credit needs an id and a positive number of bytes or events");
    }
    this.#byId.get(id)?.grant({ ...(bytes !== undefined && { bytes }), ...(events !== undefined && { events }) });
  }

  /** @throws BAD_FRAME */
  cancel({ id }: Message): void {
    if (id === undefined) throw new XsysError("BAD_FRAME", "a Cancel needs the id of a call");
    const call = this.#byId.get(id);
    call?.cancel(new XsysError("CANCELLED", `${call.name} was cancelled`));
  }

  /** Ends the calls that tell of things as they happen: they have no end of their own. */
  endSubscriptions(): void {
    const reason = new XsysError("UNAVAILABLE", "the service is shutting down");
    for (const call of this.#byId.values()) if (isSubscription(call)) call.cancel(reason);
  }

  /** The connection is gone. */
  abandon(): void {
    const reason = new XsysError("CANCELLED", "the connection is gone");
    for (const call of this.#byId.values()) call.cancel(reason);
    for (const { call } of this.#inOrder) call.cancel(reason);
    this.#inOrder.splice(1);
  }

  #run(call: IncomingCall, params: unknown): void {
    try {
      if (this.#owner.draining) throw new XsysError("UNAVAILABLE", "the service is shutting down");
      const answer = this.#owner.router.call(call.name, params, call);
      if (answer instanceof Promise) {
        answer.then(
          (data) => this.#answer(call, data),
          (error: XsysError) => this.#answerError(call, error),
        );
      } else this.#answer(call, answer);
    } catch (error) {
      this.#answerError(call, error as XsysError);
    }
  }

  #answer(call: IncomingCall, data: unknown): void {
    let encoded: Encoded;
    try {
      const { maxFrame } = this.#owner.limits;
      encoded = data instanceof RawJson ? wrapWithin(data, call, maxFrame) : encodeWithin(data, call, maxFrame);
      this.#refusePile(encoded, call);
    } catch (error) {
      this.#answerError(call, error as XsysError);
      return;
    }
    call.finish();
    this.#settle(call, encoded, false);
  }

  /** Calls begun before their peer stopped reading go on: a thousand of them may have a frame's limit each to answer. */
  #refusePile(encoded: Encoded, { name }: IncomingCall): void {
    const length = typeof encoded === "string" ? encoded.length : sizeOf(encoded);
    const { unsent } = this.#caller;
    if (length <= SMALL_ANSWER || unsent + length <= UNSENT_FRAMES * this.#owner.limits.maxFrame) return;
    throw new XsysError(
      "LIMIT_EXCEEDED",
      `${name}: its answer is not kept, for ${unsent} bytes wait to be read already`,
    );
  }

  #answerError(call: IncomingCall, error: XsysError): void {
    this.#settle(call, encodeError(error, call.id), true);
  }

  #settle(call: IncomingCall, encoded: Encoded, failed: boolean): void {
    this.#owner.statistics.record(call.name, performance.now() - call.startedAt, failed);
    if (this.#caller.isOpen) {
      if (typeof encoded === "string") this.#writer.json(encoded);
      else this.#writer.pieces(encoded);
    }
    if (call.id !== undefined) this.#byId.delete(call.id);
    else {
      this.#inOrder.shift();
      const [next] = this.#inOrder;
      // On a later turn: a thousand plain calls in one chunk must not nest a thousand deep.
      if (next !== undefined) queueMicrotask(() => this.#run(next.call, next.params));
    }
    this.#caller.onSettled();
  }
}

function isGrant(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= 0xffff_ffff;
}

function isSubscription({ name }: IncomingCall): boolean {
  return contractsByName.get(name)?.events !== undefined;
}

/** An answer's message, as text or as bytes in pieces. */
type Encoded = string | readonly Uint8Array[];

function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** @throws TOO_LARGE when the answer does not fit a frame. */
function wrapWithin({ pieces }: RawJson, { name, id }: IncomingCall, limit: number): Encoded {
  const wrapped = encodeRawResult(pieces, id);
  if (sizeOf(wrapped) <= limit) return wrapped;
  throw tooLarge(name, limit);
}

/** @throws TOO_LARGE when the answer does not fit a frame, or a string. */
function encodeWithin(data: unknown, { name, id }: IncomingCall, limit: number): string {
  let text: string | undefined;
  try {
    text = encodeResult(data, id);
  } catch (error) {
    if (!(error instanceof RangeError)) {
      throw new XsysError("INTERNAL", `${name}: its answer is not JSON`, { cause: error });
    }
  }
  // A UTF-16 unit is three bytes at the most, so that most answers need not be counted.
  const fits = text !== undefined && (text.length * 3 <= limit || Buffer.byteLength(text) <= limit);
  if (text !== undefined && fits) return text;
  throw tooLarge(name, limit);
}

function tooLarge(name: string, limit: number): XsysError {
  return new XsysError("TOO_LARGE", `${name}: the answer is over the limit of ${limit} bytes of a frame`);
}
