import { XsysError } from "../../../protocol/errors.ts";
import {
  type Credit,
  encodeMessage,
  type HelloAnswer,
  MAX_ID,
  type Message,
  PROTOCOL_VERSION,
  type ResponsePayload,
} from "../../../protocol/wire/message.ts";
import { MessageReader } from "../../../protocol/wire/message-reader.ts";
import { errorOf, lostDuring, timedOut, tooLarge } from "../call-errors.ts";
import { commandHead } from "../command-message.ts";
import { type Descriptor, tryRead, tryWrite } from "./descriptor.ts";
import { FrameQueue } from "./frame-queue.ts";
import { PollBackoff } from "./poll-backoff.ts";
import { SyncExchange } from "./sync-exchange.ts";
import type { SyncAnswer, SyncCall } from "./sync-transport.ts";

/** Milliseconds that a server may take to answer the Hello after it accepted the connection. */
const HELLO_TIMEOUT = 5_000;
const READ_BUFFER_BYTES = 65_536;

/** The connection was closed before any byte of the call was written, so the call may be sent again. */
export class NotSent extends Error {}

/**
 * One connection to a service, for one blocking call at a time. During a call it reads and writes the socket's
 * descriptor directly. Between calls the event loop, if it runs, detects the end of the connection.
 */
export class SyncLink {
  readonly #path: string;
  readonly #descriptor: Descriptor;
  readonly #reader = new MessageReader({
    message: (message) => this.#take(message),
    chunk: (id, bytes) => this.#takeChunk(id, bytes),
    fault: (error) => this.#lose(`${this.#path} violated the protocol: ${(error as Error).message}`),
  });
  readonly #queue = new FrameQueue();
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
  #hello: HelloAnswer | undefined;
  #exchange: SyncExchange | undefined;
  #lost: XsysError | undefined;
  #nextId = 0;
  /** Bytes written of the current call's message. */
  #written = 0;
  #isUnsent = false;

  constructor(path: string, descriptor: Descriptor) {
    this.#path = path;
    this.#descriptor = descriptor;
    const { socket } = descriptor;
    socket.on("data", (bytes: Buffer) => this.#reader.receive(bytes));
    socket.on("close", () => this.#lose(`the connection to ${path} was closed`));
  }

  /** False as soon as the socket is destroyed, because its descriptor may belong to another file by then. */
  get alive(): boolean {
    return this.#lost === undefined && !this.#descriptor.socket.destroyed;
  }

  get hello(): HelloAnswer {
    if (this.#hello === undefined) throw new XsysError("UNAVAILABLE", `${this.#path} has not answered the Hello yet`);
    return this.#hello;
  }

  /**
   * Sends the Hello and waits for its answer.
   * @throws NotSent when there is no listener, UNAVAILABLE, or the error with which the service refuses the connection.
   */
  handshake(pid: number, deadline: number): void {
    this.#send(encodeMessage("Hello", { protocol: PROTOCOL_VERSION, pid }));
    const limit = Math.min(deadline, performance.now() + HELLO_TIMEOUT);
    if (!this.#run(() => this.#hello !== undefined, limit)) this.#lose(`${this.#path} did not answer the Hello`);
    if (this.#lost !== undefined) throw this.#isUnsent ? new NotSent() : this.#lost;
  }

  /** @throws NotSent, the error of the call, or UNAVAILABLE when the connection is lost during the call. */
  call({ name, params, input, timeout }: SyncCall, deadline: number): SyncAnswer {
    // The service may have closed the connection since the last call, and the event loop may not have run to detect it.
    this.#read();
    if (!this.alive) throw new NotSent();
    const refusal = tooLarge(name, params, this.hello.limits.frame);
    if (refusal !== undefined) throw refusal;
    const id = this.#nextId;
    this.#nextId = id === MAX_ID ? 0 : id + 1;
    const exchange = new SyncExchange(id, input, this.#queue);
    this.#exchange = exchange;
    this.#send(`${commandHead(name)}${params}${input === undefined ? "" : ',"input":true'}},"id":${id}}`);
    try {
      if (!this.#run(() => exchange.response !== undefined, deadline)) {
        // The service cancels the calls of a closed connection.
        this.close();
        throw timedOut(name, timeout);
      }
      if (exchange.response !== undefined) return exchange.answer();
      throw this.#isUnsent ? new NotSent() : lostDuring(name, this.#lost as XsysError);
    } finally {
      this.#exchange = undefined;
    }
  }

  close(): void {
    this.#lose(`the connection to ${this.#path} was closed by this client`);
  }

  #send(message: string): void {
    this.#written = 0;
    this.#queue.json(message);
  }

  /** Writes and reads until `done` and all is written, or the connection is lost. Returns false at the deadline. */
  #run(done: () => boolean, deadline: number): boolean {
    const backoff = new PollBackoff();
    while (this.#lost === undefined && !(done() && this.#queue.isEmpty)) {
      const moved = this.#write() || this.#read();
      if (moved) backoff.reset();
      else if (performance.now() >= deadline) return false;
      else backoff.pause(deadline);
    }
    return true;
  }

  #write(): boolean {
    if (this.#queue.isEmpty) this.#exchange?.queueInput();
    const bytes = this.#queue.next();
    if (bytes === undefined) return false;
    try {
      const written = tryWrite(this.#descriptor, bytes, this.#queue.offset);
      if (written === undefined) return false;
      this.#written += written;
      this.#queue.advance(written);
    } catch {
      // What the service sent before it closed the connection can still be read. The end follows it.
      this.#isUnsent = this.#written === 0;
      this.#queue.discard();
    }
    return true;
  }

  #read(): boolean {
    try {
      const bytes = tryRead(this.#descriptor, this.#buffer);
      if (bytes === undefined) return false;
      if (bytes === 0) this.#lose(`the connection to ${this.#path} was closed`);
      else this.#reader.receive(this.#buffer.subarray(0, bytes));
    } catch (error) {
      this.#lose(`the connection to ${this.#path} failed: ${(error as Error).message}`);
    }
    return true;
  }

  #take(message: Message): void {
    const { type, id } = message;
    if (type === "Hello") this.#hello = message.payload as HelloAnswer;
    else if (type === "Response" && id === undefined) this.#refused(message.payload as ResponsePayload);
    else if (id === undefined || id !== this.#exchange?.id) return;
    else if (type === "Response") this.#exchange.response = message.payload as ResponsePayload;
    else if (type === "Credit") this.#exchange.grant((message.payload as Credit).bytes ?? 0);
    else if (type === "Event") this.#exchange.takeEvent(message.payload as object);
  }

  #takeChunk(id: number, bytes: Buffer): void {
    if (id === this.#exchange?.id) this.#exchange.takeBytes(bytes);
  }

  /** A response without an id answers no call: the server refuses this connection. */
  #refused(response: ResponsePayload): void {
    this.#isUnsent = false;
    this.#lose(`${this.#path} refused the connection: ${response.error}`, errorOf(response));
  }

  #lose(why: string, error = new XsysError("UNAVAILABLE", why)): void {
    if (this.#lost !== undefined) return;
    this.#lost = error;
    this.#descriptor.socket.destroy();
  }
}
