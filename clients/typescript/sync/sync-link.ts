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
import { errorOf, lostWhile, timedOut, tooLarge } from "../call-errors.ts";
import { commandHead } from "../command-message.ts";
import { type Descriptor, tryRead, tryWrite } from "./descriptor.ts";
import { Exchange } from "./exchange.ts";
import { FrameQueue } from "./frame-queue.ts";
import { Patience } from "./patience.ts";
import type { SyncAnswer, SyncCall } from "./sync-carrier.ts";

/** How long a server that accepted the connection may take to say who it is, in milliseconds. */
const HELLO_TIMEOUT = 5_000;
const ROOM_BYTES = 65_536;

/** The connection was found closed before a byte of the call was written: it may be sent again. */
export class NotSent extends Error {}

/**
 * One connection to a service, for one blocking call at a time. While a call waits, it reads and writes the socket's
 * descriptor; between calls the event loop, where it runs, watches for the connection's end.
 */
export class SyncLink {
  readonly #path: string;
  readonly #descriptor: Descriptor;
  readonly #reader = new MessageReader({
    message: (message) => this.#take(message),
    chunk: (id, bytes) => this.#takeChunk(id, bytes),
    fault: (error) => this.#lose(`${this.#path} broke the protocol: ${(error as Error).message}`),
  });
  readonly #queue = new FrameQueue();
  readonly #room = Buffer.allocUnsafeSlow(ROOM_BYTES);
  #hello: HelloAnswer | undefined;
  #exchange: Exchange | undefined;
  #lost: XsysError | undefined;
  #nextId = 0;
  /** Bytes written of the question that is being asked. */
  #written = 0;
  #isUnsent = false;

  constructor(path: string, descriptor: Descriptor) {
    this.#path = path;
    this.#descriptor = descriptor;
    const { socket } = descriptor;
    socket.on("data", (bytes: Buffer) => this.#reader.receive(bytes));
    socket.on("close", () => this.#lose(`the connection to ${path} was closed`));
  }

  /** Destroyed counts at once: its descriptor may be another file's by now. */
  get alive(): boolean {
    return this.#lost === undefined && !this.#descriptor.socket.destroyed;
  }

  get hello(): HelloAnswer {
    if (this.#hello === undefined) throw new XsysError("UNAVAILABLE", `${this.#path} has not said who it is yet`);
    return this.#hello;
  }

  /**
   * Asks the service who it is.
   * @throws NotSent when nobody listens, UNAVAILABLE or what the service refuses the connection with.
   */
  introduce(pid: number, deadline: number): void {
    this.#ask(encodeMessage("Hello", { protocol: PROTOCOL_VERSION, pid }));
    const patience = Math.min(deadline, performance.now() + HELLO_TIMEOUT);
    if (!this.#run(() => this.#hello !== undefined, patience)) this.#lose(`${this.#path} does not answer`);
    if (this.#lost !== undefined) throw this.#isUnsent ? new NotSent() : this.#lost;
  }

  /** @throws NotSent, and what the call fails with: UNAVAILABLE when the connection is lost meanwhile. */
  call({ name, params, input, timeout }: SyncCall, deadline: number): SyncAnswer {
    // The service may have ended the connection since the last call; the event loop, which would have told, may not have run.
    this.#read();
    if (!this.alive) throw new NotSent();
    const refusal = tooLarge(name, params, this.hello.limits.frame);
    if (refusal !== undefined) throw refusal;
    const id = this.#nextId;
    this.#nextId = id === MAX_ID ? 0 : id + 1;
    const exchange = new Exchange(id, input, this.#queue);
    this.#exchange = exchange;
    this.#ask(`${commandHead(name)}${params}${input === undefined ? "" : ',"input":true'}},"id":${id}}`);
    try {
      if (!this.#run(() => exchange.response !== undefined, deadline)) {
        // The service cancels what a closed connection asked for.
        this.close();
        throw timedOut(name, timeout);
      }
      if (exchange.response !== undefined) return exchange.answer();
      throw this.#isUnsent ? new NotSent() : lostWhile(name, this.#lost as XsysError);
    } finally {
      this.#exchange = undefined;
    }
  }

  close(): void {
    this.#lose(`the connection to ${this.#path} was closed by this client`);
  }

  #ask(question: string): void {
    this.#written = 0;
    this.#queue.json(question);
  }

  /** Writes and reads until it is done and all is written, or the connection is lost: true. Past the deadline: false. */
  #run(done: () => boolean, deadline: number): boolean {
    const patience = new Patience();
    while (this.#lost === undefined && !(done() && this.#queue.isEmpty)) {
      const moved = this.#write() || this.#read();
      if (moved) patience.renew();
      else if (performance.now() >= deadline) return false;
      else patience.wait(deadline);
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
      // What the service said before it closed is still there to be read, and then comes the end.
      this.#isUnsent = this.#written === 0;
      this.#queue.discard();
    }
    return true;
  }

  #read(): boolean {
    try {
      const bytes = tryRead(this.#descriptor, this.#room);
      if (bytes === undefined) return false;
      if (bytes === 0) this.#lose(`the connection to ${this.#path} was closed`);
      else this.#reader.receive(this.#room.subarray(0, bytes));
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

  /** The answer to no call: the server refuses this connection. */
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
