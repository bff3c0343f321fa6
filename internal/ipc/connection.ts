import type { Socket } from "node:net";
import { contractsByName } from "../../protocol/commands/index.ts";
import { XsysError } from "../../protocol/errors.ts";
import { FrameReader, FrameWriter } from "../../protocol/frame.ts";
import {
  type CoreCommand,
  type Credit,
  encodeError,
  encodeMessage,
  encodeResult,
  type HelloAnswer,
  type HelloQuestion,
  type Message,
  parseMessage,
} from "../../protocol/message.ts";
import type { Peer } from "../context.ts";
import type { Logger } from "../log.ts";
import type { Router } from "../router.ts";
import type { CallStatistics } from "./call-statistics.ts";
import { IncomingCall } from "./incoming-call.ts";
import type { IpcLimits } from "./limits.ts";

/**
 * How long a peer may take to end its side when we have ended ours, in milliseconds: one that does not run its event
 * loop would hold the service up.
 */
const END_TIMEOUT = 500;

/** What a connection needs of the server it belongs to. */
export interface ConnectionHome {
  readonly router: Router;
  readonly limits: IpcLimits;
  readonly statistics: CallStatistics;
  readonly log: Logger;
  readonly draining: boolean;
  hello(): HelloAnswer;
}

/** One peer: its frames, its calls in flight, and the end of both. */
export class Connection implements Peer {
  readonly #socket: Socket;
  readonly #home: ConnectionHome;
  readonly #log: Logger;
  readonly #reader: FrameReader;
  readonly #writer: FrameWriter;
  /** Calls with an id: answered as they finish. */
  readonly #calls = new Map<number, IncomingCall>();
  /** Calls without an id: one at a time, in the order asked. The first is the one that runs. */
  readonly #inOrder: { readonly call: IncomingCall; readonly params: unknown }[] = [];
  readonly #cleanUps: (() => void)[] = [];
  #hasSpoken = false;
  #saidHello = false;
  /** As the peer says: Node has no SO_PEERCRED. */
  #peerPid: number | undefined;
  #lastProgress = Date.now();
  #lastWritten = 0;
  #readingPaused = false;
  #ending = false;
  #refused = false;

  constructor(socket: Socket, home: ConnectionHome, number: number) {
    this.#socket = socket;
    this.#home = home;
    this.#log = home.log.child({ connection: number });
    this.#reader = new FrameReader(home.limits.maxFrame);
    this.#writer = new FrameWriter(socket);
    socket.on("data", (bytes: Buffer) => this.#receive(bytes));
    socket.on("drain", () => this.#balance());
    socket.on("error", (error) => this.#log.debug({ err: error }, "connection failed"));
    socket.on("close", () => this.#abandon());
  }

  get saidHello(): boolean {
    return this.#saidHello;
  }

  onClose(cleanUp: () => void): void {
    if (this.#socket.destroyed) cleanUp();
    else this.#cleanUps.push(cleanUp);
  }

  get callsInFlight(): number {
    return this.#calls.size + this.#inOrder.length;
  }

  /**
   * Closes once nothing is in flight: at once, or when the last call is answered. Calls that tell of things as they
   * happen have no end of their own to wait for, and are ended.
   */
  endWhenIdle(): void {
    this.#ending = true;
    const reason = new XsysError("UNAVAILABLE", "the service is shutting down");
    for (const call of this.#calls.values()) if (isSubscription(call)) call.cancel(reason);
    if (this.callsInFlight > 0) return;
    this.#writer.flush();
    this.#socket.end();
    this.#socket.setTimeout(END_TIMEOUT, () => this.#socket.destroy());
  }

  /** Gives up on what is in flight and closes. */
  destroy(): void {
    this.#socket.destroy();
  }

  /**
   * Refuses the peer in its own language, and closes. What it still sends is read and dropped: a socket closed with
   * bytes unread takes the refusal away from the peer, who finds a reset instead.
   */
  refuse(error: XsysError): void {
    if (this.#refused) return;
    this.#refused = true;
    this.#log.warn({ code: error.code }, error.message);
    this.#writer.json(encodeError(error));
    this.#writer.flush();
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), END_TIMEOUT).unref();
  }

  /** Closes the connection when the peer has left something half-done for too long. */
  closeIfStalled(now: number): void {
    if (this.#socket.bytesWritten - this.#socket.writableLength > this.#lastWritten) {
      this.#lastWritten = this.#socket.bytesWritten - this.#socket.writableLength;
      this.#lastProgress = now;
    }
    const reason = this.#stallReason();
    if (reason === undefined || now - this.#lastProgress < this.#home.limits.stallTimeout) return;
    this.#log.warn({ code: "TIMEOUT" }, `closed: ${reason} for ${this.#home.limits.stallTimeout} ms`);
    this.#socket.destroy();
  }

  #stallReason(): string | undefined {
    if (this.#socket.writableLength > 0) return "the peer does not read its answers";
    if (this.#reader.midFrame) return "a frame was left unfinished";
    return this.#hasSpoken ? undefined : "the peer said nothing";
  }

  #receive(bytes: Buffer): void {
    if (this.#refused) return;
    this.#lastProgress = Date.now();
    try {
      this.#reader.push(bytes, this.#dispatch, this.#takeChunk);
    } catch (error) {
      // What cannot be told apart from the next frame ends the connection, and nothing else.
      if (!(error instanceof XsysError)) throw error;
      this.refuse(error);
      return;
    }
    this.#balance();
  }

  readonly #takeChunk = (id: number, bytes: Buffer, last: boolean): void => {
    if (this.#socket.writable) this.#calls.get(id)?.take(bytes, last);
  };

  readonly #dispatch = (payload: Buffer): void => {
    if (!this.#socket.writable) return;
    this.#hasSpoken = true;
    const message = parseMessage(payload);
    const { type, id } = message;
    if (type === "CoreCommand") this.#begin(message);
    else if (type === "Credit") this.#credit(message);
    else if (type === "Cancel") this.#cancel(id);
    else if (type === "Ping") this.#writer.json(encodeMessage("Pong", {}, id));
    else if (type === "Hello") this.#greet(message);
    else if (type !== "Pong") {
      this.#writer.json(
        encodeError(new XsysError("UNKNOWN_TYPE", `there is no message type "${type.slice(0, 64)}"`), id),
      );
    }
  };

  #greet({ id, payload }: Message): void {
    const { pid } = (payload ?? {}) as Partial<HelloQuestion>;
    if (Number.isSafeInteger(pid)) this.#peerPid = pid;
    this.#saidHello = true;
    this.#writer.json(encodeMessage("Hello", this.#home.hello(), id));
  }

  #begin({ id, payload }: Message): void {
    const command = payload as Partial<CoreCommand> | null | undefined;
    if (typeof command?.module !== "string" || typeof command.action !== "string") {
      const error = new XsysError("INVALID_PARAMS", "a CoreCommand needs a module and an action, both text");
      this.#writer.json(encodeError(error, id));
      return;
    }
    const name = `${command.module}.${command.action}`;
    const call = new IncomingCall(name, id, this.#writer, {
      takesInput: command.input === true,
      wantsProgress: command.progress === true,
      callerPid: this.#peerPid,
      peer: this,
    });
    const params = command.params ?? {};
    if (id === undefined) {
      this.#inOrder.push({ call, params });
      if (this.#inOrder.length === 1) this.#run(call, params);
      return;
    }
    if (this.#calls.has(id)) throw new XsysError("BAD_FRAME", `the id ${id} is already in use by a call in flight`);
    if (this.#calls.size >= this.#home.limits.maxInflight) {
      const limit = this.#home.limits.maxInflight;
      this.#writer.json(encodeError(new XsysError("LIMIT_EXCEEDED", `more than ${limit} calls are in flight`), id));
      return;
    }
    this.#calls.set(id, call);
    this.#run(call, params);
  }

  #run(call: IncomingCall, params: unknown): void {
    try {
      if (this.#home.draining) throw new XsysError("UNAVAILABLE", "the service is shutting down");
      const answer = this.#home.router.call(call.name, params, call);
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
    let text: string;
    try {
      text = encodeWithin(data, call, this.#home.limits.maxFrame);
    } catch (error) {
      this.#answerError(call, error as XsysError);
      return;
    }
    call.finish();
    this.#settle(call, text, false);
  }

  #answerError(call: IncomingCall, error: XsysError): void {
    this.#settle(call, encodeError(error, call.id), true);
  }

  #settle(call: IncomingCall, text: string, failed: boolean): void {
    this.#home.statistics.record(call.name, performance.now() - call.startedAt, failed);
    if (this.#socket.writable) this.#writer.json(text);
    if (call.id !== undefined) this.#calls.delete(call.id);
    else {
      this.#inOrder.shift();
      const [next] = this.#inOrder;
      // On a later turn: a thousand plain calls in one chunk must not nest a thousand deep.
      if (next !== undefined) queueMicrotask(() => this.#run(next.call, next.params));
    }
    this.#balance();
    if (this.#ending) this.endWhenIdle();
  }

  #credit({ id, payload }: Message): void {
    const { bytes, events } = (payload ?? {}) as Credit;
    if (id === undefined || !isGrant(bytes ?? events) || !isGrant(events ?? bytes)) {
      throw new XsysError("BAD_FRAME", "a Credit needs an id and a positive number of bytes or events");
    }
    this.#calls.get(id)?.grant({ ...(bytes !== undefined && { bytes }), ...(events !== undefined && { events }) });
  }

  #cancel(id: number | undefined): void {
    if (id === undefined) throw new XsysError("BAD_FRAME", "a Cancel needs the id of a call");
    const call = this.#calls.get(id);
    call?.cancel(new XsysError("CANCELLED", `${call.name} was cancelled`));
  }

  /** Reads on only while the peer takes its answers, and while its calls in order are few. */
  #balance(): void {
    const { maxUnsent, maxInflight } = this.#home.limits;
    const full = this.#socket.writableLength > maxUnsent || this.#inOrder.length > maxInflight;
    if (full === this.#readingPaused) return;
    this.#readingPaused = full;
    if (full) this.#socket.pause();
    else this.#socket.resume();
  }

  #abandon(): void {
    const reason = new XsysError("CANCELLED", "the connection is gone");
    for (const call of this.#calls.values()) call.cancel(reason);
    for (const { call } of this.#inOrder) call.cancel(reason);
    this.#inOrder.splice(1);
    for (const cleanUp of this.#cleanUps.splice(0)) cleanUp();
  }
}

function isSubscription({ name }: IncomingCall): boolean {
  return contractsByName.get(name)?.events !== undefined;
}

/** @throws TOO_LARGE when the answer does not fit a frame, or a string. */
function encodeWithin(data: unknown, { name, id }: IncomingCall, limit: number): string {
  let text: string | undefined;
  try {
    text = encodeResult(data, id);
  } catch (error) {
    if (!(error instanceof RangeError))
      throw new XsysError("INTERNAL", `${name}: its answer is not JSON`, { cause: error });
  }
  // A UTF-16 unit is three bytes at the most, so that most answers need not be counted.
  const fits = text !== undefined && (text.length * 3 <= limit || Buffer.byteLength(text) <= limit);
  if (text !== undefined && fits) return text;
  throw new XsysError("TOO_LARGE", `${name}: the answer is over the limit of ${limit} bytes of a frame`);
}

function isGrant(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= 0xffff_ffff;
}
