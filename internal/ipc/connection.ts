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
import type { Role, RoleInbox, RolePeer } from "./role.ts";

/**
 * How long a peer may take to end its side when we have ended ours, in milliseconds: one that does not run its event
 * loop would hold the service up.
 */
const END_TIMEOUT = 500;

/** How the types of messages begin by which a peer takes a role: `RegisterWorker`. */
const REGISTER = "Register";

/** What a connection needs of the server it belongs to. */
export interface ConnectionOwner extends CallsOwner {
  readonly log: Logger;
  /** Roles that a peer can take. */
  readonly roles: readonly Role[];
  hello(): HelloAnswer;
}

/** One peer: its frames, its calls in flight, and the end of both. */
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
  #hasSpoken = false;
  #saidHello = false;
  #lastHeard = Date.now();
  #readingPaused = false;
  #ending = false;
  #refused = false;

  constructor(socket: Socket, owner: ConnectionOwner, number: number) {
    this.#socket = socket;
    this.#owner = owner;
    this.#log = owner.log.child({ connection: number });
    this.#reader = new MessageReader(
      {
        message: (message) => this.#takeMessage(message),
        chunk: (id, bytes, last) => this.#takeChunk(id, bytes, last),
        binary: (payload) => this.#takeBinary(payload),
        fault: (error) => this.#whenFaulty(error),
      },
      owner.limits.maxFrame,
    );
    this.writer = new FrameWriter(socket);
    this.#calls = new Calls(owner, this, this.writer);
    socket.on("data", (bytes: Buffer) => {
      if (this.#inbox !== undefined) this.#receive(bytes);
      else onBehalfOf.run(number, () => this.#receive(bytes));
    });
    socket.on("drain", () => this.#balance());
    socket.on("error", (error) => this.#log.debug({ err: error }, "connection failed"));
    socket.on("close", () => this.#abandon());
    // Node's own timeout sees how much of one large answer has left, which bytesWritten tells only at its start.
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
    return this.#calls.inFlight;
  }

  onClose(cleanUp: () => void): void {
    if (this.#socket.destroyed) cleanUp();
    else this.#cleanUps.push(cleanUp);
  }

  onGone(listener: (fault?: string) => void): void {
    this.onClose(() => listener(this.#fault));
  }

  onSettled(): void {
    this.#balance();
    if (this.#ending) this.#endIfIdle();
  }

  /** Closes once nothing is in flight: at once, or when the last call is answered. */
  endWhenIdle(): void {
    this.#ending = true;
    this.#calls.endSubscriptions();
    this.#endIfIdle();
  }

  /** Gives up on what is in flight and closes. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** What a worker gets that is to end: all that was said to it, and then the end. */
  close(): void {
    this.#endIfIdle();
  }

  fail(reason: string): void {
    this.refuse(new XsysError("BAD_FRAME", reason));
  }

  /**
   * Refuses the peer in its own language, and closes. What it still sends is read and dropped: a socket closed with
   * bytes unread takes the refusal away from the peer, who finds a reset instead.
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

  /** Closes the connection when the peer has left something half-done for too long. */
  closeIfStalled(now: number): void {
    if (this.#socket.writableLength > 0 || now - this.#lastHeard < this.#owner.limits.stallTimeout) return;
    const reason = this.#stallReason();
    if (reason !== undefined) this.#closeStalled(reason);
  }

  #closeIfUnread(): void {
    if (this.#socket.writableLength > 0) this.#closeStalled("the peer does not read its answers");
  }

  #closeStalled(reason: string): void {
    this.#fault = reason;
    this.#log.warn({ code: "TIMEOUT" }, `closed: ${reason} for ${this.#owner.limits.stallTimeout} ms`);
    this.#socket.destroy();
  }

  #stallReason(): string | undefined {
    if (this.#reader.midFrame) return "a frame was left unfinished";
    return this.#hasSpoken ? undefined : "the peer said nothing";
  }

  #endIfIdle(): void {
    if (this.#calls.inFlight > 0) return;
    this.writer.flush();
    this.#socket.end();
    wheneverQuiet(this.#socket, END_TIMEOUT, () => this.#socket.destroy());
  }

  #receive(bytes: Buffer): void {
    if (this.#refused) return;
    this.#lastHeard = Date.now();
    this.#reader.receive(bytes);
    if (!this.#refused) this.#balance();
  }

  /** A peer that breaks the protocol loses its connection; nothing else is affected. */
  #whenFaulty(error: unknown): void {
    if (!(error instanceof XsysError)) throw error;
    if (this.isOpen) this.refuse(error);
  }

  #takeChunk(id: number, bytes: Buffer, last: boolean): void {
    if (!this.isOpen) return;
    if (this.#inbox !== undefined) this.#inbox.chunk(id, bytes, last);
    else this.#calls.take(id, bytes, last);
  }

  #takeBinary(payload: Buffer): boolean {
    this.#hasSpoken = true;
    if (payload[0] !== XBP_RESPONSE_MARK || this.#inbox === undefined) return false;
    if (this.isOpen) this.#inbox.xbpResponse(payload);
    return true;
  }

  #takeMessage(message: Message): void {
    if (!this.isOpen) return;
    this.#hasSpoken = true;
    const { type, id } = message;
    if (this.#inbox?.takes.has(type)) this.#inbox.message(message);
    else if (type === "CoreCommand") this.#calls.begin(message);
    else if (type === "Credit") this.#calls.credit(message);
    else if (type === "Cancel") this.#calls.cancel(message);
    else if (type === "Ping") this.writer.json(encodeMessage("Pong", {}, id));
    else if (type === "Hello") this.#greet(message);
    else if (type.startsWith(REGISTER)) this.#register(message);
    else if (type !== "Pong") {
      const error = new XsysError("UNKNOWN_TYPE", `there is no message type "${type.slice(0, 64)}"`);
      this.writer.json(encodeError(error, id));
    }
  }

  /** From here on the peer has a role. */
  #register({ id, type, payload }: Message): void {
    const role = this.#owner.roles.find(({ takenBy }) => takenBy === type);
    if (role === undefined || this.#inbox !== undefined) {
      this.writer.json(encodeError(new XsysError("UNSUPPORTED", this.#whyNoRole(type)), id));
      return;
    }
    this.#inbox = role.admit(this, payload);
    this.writer.gatherTurn();
    this.#calls.abandon();
  }

  #whyNoRole(type: string): string {
    if (this.#inbox !== undefined) return "this connection has a role already";
    return `this service takes no ${type.slice(REGISTER.length).toLowerCase()}s`;
  }

  #greet({ id, payload }: Message): void {
    const { pid } = (payload ?? {}) as Partial<HelloQuestion>;
    if (Number.isSafeInteger(pid)) this.#pid = pid;
    this.#saidHello = true;
    this.writer.json(encodeMessage("Hello", this.#owner.hello(), id));
  }

  /**
   * Reads on only while the peer takes its answers, and while its calls in order are few. A peer with a role is
   * always read: what it is sent is bounded by the role, and it might be waiting for us as we for it.
   */
  #balance(): void {
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
