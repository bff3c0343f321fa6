import type { Socket } from "node:net";
import { XsysError } from "../../protocol/errors.ts";
import { wheneverQuiet } from "../../protocol/timers.ts";
import { FrameWriter, XBP_RESPONSE_MARK } from "../../protocol/wire/frame.ts";
import {
  encodeError,
  encodeMessage,
  type HelloAnswer,
  type HelloQuestion,
  type Message,
} from "../../protocol/wire/message.ts";
import { MessageReader } from "../../protocol/wire/message-reader.ts";
import type { Logger } from "../base/log.ts";
import { onBehalfOf } from "../base/on-behalf-of.ts";
import { type Caller, Calls, type CallsOwner } from "./calls.ts";
import { ROLES, type Role, type RoleInbox, type RolePeer } from "./role.ts";

/**
 * Milliseconds that a peer may take to close its side after the service has closed its own. Without it, a peer that
 * does not run its event loop would delay the service's shutdown.
 */
const END_TIMEOUT = 500;

/** The parts of the server that a connection uses. */
export interface ConnectionOwner extends CallsOwner {
  readonly log: Logger;
  /** Roles that a peer can take. */
  readonly roles: readonly Role[];
  hello(question: Partial<HelloQuestion>): HelloAnswer;
}

/** The connection of one peer: reads its frames, holds its calls in flight, and closes it. */
export class Connection implements Caller, RolePeer {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #log: Logger;
  readonly #reader: MessageReader;
  readonly writer: FrameWriter;
  readonly #calls: Calls;
  readonly #cleanUps: (() => void)[] = [];
  #inbox: RoleInbox | undefined;
  #fault: string | undefined;
  #pid: number | undefined;
  #hasReceived = false;
  #saidHello = false;
  #lastReceived = Date.now();
  #readingPaused = false;
  #ending = false;
  #refused = false;
  #ended = false;

  constructor(socket: Socket, owner: ConnectionOwner, number: number) {
    this.#socket = socket;
    this.#owner = owner;
    this.#log = owner.log.child({ connection: number });
    this.#reader = new MessageReader(
      {
        message: (message) => this.#takeMessage(message),
        chunk: (id, bytes, last) => this.#takeChunk(id, bytes, last),
        binary: (payload) => this.#takeBinary(payload),
        fault: (error) => this.#onFault(error),
      },
      owner.limits.maxFrame,
    );
    this.writer = new FrameWriter(socket);
    this.#calls = new Calls(owner, this, this.writer);
    socket.on("data", (bytes: Buffer) => {
      if (this.#inbox !== undefined) this.#receive(bytes);
      else onBehalfOf.run(number, () => this.#receive(bytes));
    });
    socket.on("drain", () => this.#pauseOrResume());
    socket.on("error", (error) => this.#log.debug({ err: error }, "connection failed"));
    socket.on("close", () => this.#abandon());
    // Node's own timeout notices progress within one large answer; bytesWritten counts it whole at the start.
    wheneverQuiet(socket, owner.limits.stallTimeout, () => this.#closeIfUnread());
  }

  get saidHello(): boolean {
    return this.#saidHello;
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  get isOpen(): boolean {
    return this.#socket.writable;
  }

  get unsent(): number {
    return this.#socket.writableLength;
  }

  get callsInFlight(): number {
    return this.#calls.inFlight + (this.#inbox?.callsInFlight ?? 0);
  }

  onClose(cleanUp: () => void): void {
    if (this.#socket.destroyed) cleanUp();
    else this.#cleanUps.push(cleanUp);
  }

  onGone(listener: (fault?: string) => void): void {
    this.onClose(() => listener(this.#fault));
  }

  onSettled(): void {
    this.#pauseOrResume();
    if (this.#ending) this.#endIfIdle();
  }

  /** Closes when no call is in flight: at once, or when the last call is answered. */
  endWhenIdle(): void {
    this.#ending = true;
    this.#calls.endSubscriptions();
    this.#inbox?.endSubscriptions?.();
    this.#endIfIdle();
  }

  /** Closes at once and abandons the calls in flight. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Sends everything that is buffered and then ends the connection. This is how a worker is told to exit. */
  close(): void {
    this.#endIfIdle();
  }

  fail(reason: string): void {
    this.refuse(new XsysError("BAD_FRAME", reason));
  }

  /**
   * Sends the peer an error and closes. Bytes that still arrive are read and dropped, because closing a socket with
   * unread bytes sends a reset, and the peer would get that instead of the error.
   */
  refuse(error: XsysError): void {
    if (this.#refused) return;
    this.#refused = true;
    this.#fault = error.message;
    this.#log.warn({ code: error.code }, error.message);
    this.writer.json(encodeError(error));
    this.writer.flush();
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), END_TIMEOUT).unref();
  }

  /** Closes the connection when a frame has been incomplete, or the peer silent since it connected, for too long. */
  closeIfStalled(now: number): void {
    if (this.#socket.writableLength > 0 || now - this.#lastReceived < this.#owner.limits.stallTimeout) return;
    const reason = this.#stallReason();
    if (reason !== undefined) this.#closeStalled(reason);
  }

  #closeIfUnread(): void {
    if (this.#inbox?.boundsOutput === true) return;
    if (this.#socket.writableLength > 0 && !this.#ended) this.#closeStalled("the peer did not read its answers");
  }

  #closeStalled(reason: string): void {
    this.#fault = reason;
    this.#log.warn({ code: "TIMEOUT" }, `closed: ${reason} for ${this.#owner.limits.stallTimeout} ms`);
    this.#socket.destroy();
  }

  #stallReason(): string | undefined {
    if (this.#reader.midFrame) return "a frame was incomplete";
    return this.#hasReceived ? undefined : "the peer sent nothing";
  }

  /** Bytes that arrive from here on are dropped; the peer has END_TIMEOUT to close, once it has read its answers. */
  #endIfIdle(): void {
    if (this.callsInFlight > 0 || this.#ended) return;
    this.#ended = true;
    this.writer.flush();
    this.#socket.end();
    wheneverQuiet(this.#socket, END_TIMEOUT, () => this.#socket.destroy());
    this.#socket.once("finish", () => setTimeout(() => this.#socket.destroy(), END_TIMEOUT).unref());
  }

  #receive(bytes: Buffer): void {
    if (this.#refused || this.#ended) return;
    this.#lastReceived = Date.now();
    this.#reader.receive(bytes);
    if (!this.#refused) this.#pauseOrResume();
  }

  /** Closes the connection of a peer that violates the protocol. Other connections are not affected. */
  #onFault(error: unknown): void {
    if (!(error instanceof XsysError)) throw error;
    this.refuse(error);
  }

  #takeChunk(id: number, bytes: Buffer, last: boolean): void {
    if (!this.isOpen) return;
    if (this.#inbox !== undefined) this.#inbox.chunk(id, bytes, last);
    else this.#calls.take(id, bytes, last);
  }

  #takeBinary(payload: Buffer): boolean {
    this.#hasReceived = true;
    if (payload[0] !== XBP_RESPONSE_MARK || this.#inbox === undefined) return false;
    if (this.isOpen) this.#inbox.xbpResponse(payload);
    return true;
  }

  #takeMessage(message: Message): void {
    if (!this.isOpen) return;
    this.#hasReceived = true;
    const { type, id } = message;
    if (this.#inbox?.takes.has(type)) this.#inbox.message(message);
    else if (type === "CoreCommand") this.#calls.begin(message);
    else if (type === "Credit") this.#calls.credit(message);
    else if (type === "Cancel") this.#calls.cancel(message);
    else if (type === "Ping") this.writer.json(encodeMessage("Pong", {}, id));
    else if (type === "Hello") this.#greet(message);
    else if (ROLES.has(type)) this.#register(message);
    else if (type !== "Pong") {
      const error = new XsysError("UNKNOWN_TYPE", `unknown message type "${type.slice(0, 64)}"`);
      this.writer.json(encodeError(error, id));
    }
  }

  /** Gives the peer a role. */
  #register({ id, type, payload }: Message): void {
    const role = this.#owner.roles.find(({ takenBy }) => takenBy === type);
    if (role === undefined || this.#inbox !== undefined) {
      this.writer.json(encodeError(new XsysError("UNSUPPORTED", this.#roleRefusal(type)), id));
      return;
    }
    this.#inbox = role.admit(this, payload);
    if (this.#inbox.maxFrame !== undefined) this.#reader.maxFrame = this.#inbox.maxFrame;
    this.writer.gatherTurn();
    this.#calls.abandon();
  }

  #roleRefusal(type: string): string {
    if (this.#inbox !== undefined) return "this connection already has a role";
    return `this service does not accept ${ROLES.get(type)}`;
  }

  #greet({ id, payload }: Message): void {
    const question = (payload ?? {}) as Partial<HelloQuestion>;
    if (Number.isSafeInteger(question.pid)) this.#pid = question.pid;
    this.#saidHello = true;
    this.writer.json(encodeMessage("Hello", this.#owner.hello(question), id));
  }

  /**
   * Pauses reading while too many bytes of answers are unread or too many calls without an id are queued. A peer with a
   * role is always read: the role bounds what it is sent, and pausing could deadlock when both sides wait for each
   * other.
   */
  #pauseOrResume(): void {
    if (this.#inbox !== undefined) return;
    const full = this.#socket.writableLength > this.#owner.limits.maxUnsent || this.#calls.tooManyInOrder;
    if (full === this.#readingPaused) return;
    this.#readingPaused = full;
    if (full) this.#socket.pause();
    else this.#socket.resume();
  }

  #abandon(): void {
    this.#calls.abandon();
    for (const cleanUp of this.#cleanUps.splice(0)) cleanUp();
  }
}
