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
import { CallTable } from "./call-table.ts";
import { IncomingCall } from "./incoming-call.ts";
import type { IpcLimits } from "./limits.ts";

/** Runs commands by name. Implemented by the host's router. */
export interface CommandRouter {
  /** Returns a plain value or a promise. Throws or rejects with an XsysError. */
  call(name: string, params: unknown, call: Call): unknown;
}

/** The parts of the server that a connection's calls use. */
export interface CallsOwner {
  readonly router: CommandRouter;
  readonly limits: IpcLimits;
  readonly statistics: CallStatistics;
  readonly draining: boolean;
  /** Called when a call was answered, or its connection was closed. */
  onAnswered(): void;
}

/** The connection that received the calls. */
export interface Caller extends Peer {
  /** The process on whose behalf it calls, as stated by the client, because Node has no SO_PEERCRED. */
  readonly pid: number | undefined;
  /** Whether answers can still be sent. */
  readonly isOpen: boolean;
  /** Bytes of answers that the peer has not read yet. */
  readonly unsent: number;
  /** Called when a call was answered. */
  onSettled(): void;
}

/** Answers of up to this many characters are always buffered: 64 MiB at most, with 1,024 calls in flight. */
const SMALL_ANSWER = 65_536;
/** Limit of buffered answers for a peer that does not read, in frames of the maximum size. */
const UNSENT_FRAMES = 4;

/** The unanswered calls of one connection. */
export class Calls {
  readonly #owner: CallsOwner;
  readonly #caller: Caller;
  readonly #writer: FrameWriter;
  /** Calls with an id. They are answered when they finish, in any order. */
  readonly #byId = new CallTable();
  /** Calls without an id. They run one at a time, in the order received; the first one is running. */
  readonly #inOrder: { readonly call: IncomingCall; readonly params: unknown }[] = [];

  constructor(owner: CallsOwner, caller: Caller, writer: FrameWriter) {
    this.#owner = owner;
    this.#caller = caller;
    this.#writer = writer;
  }

  get inFlight(): number {
    return this.#byId.size + this.#inOrder.length;
  }

  /**
   * A call without an id cannot be refused before the ones ahead of it are answered. Above the limit, reading from the
   * connection is paused instead.
   */
  get tooManyInOrder(): boolean {
    return this.#inOrder.length > this.#owner.limits.maxInflight;
  }

  /** @throws BAD_FRAME for an id that is in use. */
  begin({ id, payload }: Message): void {
    const command = payload as Partial<CoreCommand> | null | undefined;
    if (typeof command?.module !== "string" || typeof command.action !== "string") {
      const error = new XsysError("INVALID_PARAMS", "a CoreCommand needs a module and an action, both strings");
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
    if (this.#byId.get(id) !== undefined)
      throw new XsysError("BAD_FRAME", `the id ${id} is already in use by a call in flight`);
    const { maxInflight } = this.#owner.limits;
    if (this.#byId.size >= maxInflight) {
      this.#writer.json(
        encodeError(new XsysError("LIMIT_EXCEEDED", `more than ${maxInflight} calls are in flight`), id),
      );
      return;
    }
    this.#byId.add(id, call);
    this.#run(call, params);
  }

  /** Adds bytes to a call's input. Bytes for a call that has ended are dropped. */
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

  /** Cancels the calls that send events, because they may never end by themselves. */
  endSubscriptions(): void {
    const reason = new XsysError("UNAVAILABLE", "the service is shutting down");
    for (const call of this.#byId.list()) if (isSubscription(call)) call.cancel(reason);
  }

  /** Cancels all calls, because the connection was closed. */
  abandon(): void {
    const reason = new XsysError("CANCELLED", "the connection was closed");
    for (const call of this.#byId.list()) call.cancel(reason);
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
      this.#refuseIfUnread(encoded, call);
    } catch (error) {
      this.#answerError(call, error as XsysError);
      return;
    }
    call.finish();
    this.#settle(call, encoded, false);
  }

  /**
   * Refuses a large answer when too much is already buffered for a peer that does not read. Calls that were in flight
   * when it stopped reading could otherwise buffer one frame of the maximum size each.
   */
  #refuseIfUnread(encoded: Encoded, { name }: IncomingCall): void {
    const length = typeof encoded === "string" ? encoded.length : sizeOf(encoded);
    const { unsent } = this.#caller;
    if (length <= SMALL_ANSWER || unsent + length <= UNSENT_FRAMES * this.#owner.limits.maxFrame) return;
    throw new XsysError(
      "LIMIT_EXCEEDED",
      `${name}: the answer was dropped because ${unsent} bytes of other answers have not been read`,
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
    if (call.id !== undefined) this.#byId.remove(call.id);
    else {
      this.#inOrder.shift();
      const [next] = this.#inOrder;
      // In a microtask, because 1,000 plain calls in one chunk would otherwise recurse 1,000 levels deep.
      if (next !== undefined) queueMicrotask(() => this.#run(next.call, next.params));
    }
    this.#caller.onSettled();
    this.#owner.onAnswered();
  }
}

function isGrant(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= 0xffff_ffff;
}

function isSubscription({ name }: IncomingCall): boolean {
  return contractsByName.get(name)?.events !== undefined;
}

/** An encoded answer: text, or a list of byte arrays. */
type Encoded = string | readonly Uint8Array[];

function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** @throws TOO_LARGE when the answer exceeds the frame limit. */
function wrapWithin({ pieces }: RawJson, { name, id }: IncomingCall, limit: number): Encoded {
  const wrapped = encodeRawResult(pieces, id);
  if (sizeOf(wrapped) <= limit) return wrapped;
  throw tooLarge(name, limit);
}

/** @throws TOO_LARGE when the answer exceeds the frame limit or V8's maximum string length. */
function encodeWithin(data: unknown, { name, id }: IncomingCall, limit: number): string {
  let text: string | undefined;
  try {
    text = encodeResult(data, id);
  } catch (error) {
    if (!(error instanceof RangeError)) {
      throw new XsysError("INTERNAL", `${name}: the answer cannot be encoded as JSON`, { cause: error });
    }
  }
  // A UTF-16 unit has at most 3 UTF-8 bytes, so most answers need no byte count.
  const fits = text !== undefined && (text.length * 3 <= limit || Buffer.byteLength(text) <= limit);
  if (text !== undefined && fits) return text;
  throw tooLarge(name, limit);
}

function tooLarge(name: string, limit: number): XsysError {
  return new XsysError("TOO_LARGE", `${name}: the answer exceeds the frame limit of ${limit} bytes`);
}
