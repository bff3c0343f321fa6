import { connect, type Socket } from "node:net";
import { XsysError } from "../../protocol/errors.ts";
import { ByteReader, ByteWriter } from "../../protocol/wire/byte-stream.ts";
import { type EventPayload, EventReader } from "../../protocol/wire/event-stream.ts";
import { FrameWriter, LAST_CHUNK } from "../../protocol/wire/frame.ts";
import {
  type Credit,
  encodeMessage,
  type HelloAnswer,
  type HelloQuestion,
  type Message,
  PROTOCOL_VERSION,
  type ResponsePayload,
} from "../../protocol/wire/message.ts";
import { MessageReader } from "../../protocol/wire/message-reader.ts";
import { cancelled, errorOf, lostDuring } from "./call-errors.ts";
import { commandHead, paramsText } from "./command-message.ts";
import type { Input, OutgoingCall } from "./outgoing-call.ts";
import { PendingCall } from "./pending-call.ts";
import { withResolvers } from "./polyfills.ts";

/** Milliseconds that a server may take to answer the Hello after it accepted the connection. */
const HELLO_TIMEOUT = 5_000;

/** One connection to a service. It does not reconnect. */
export class Link {
  readonly path: string;
  readonly #socket: Socket;
  readonly #writer: FrameWriter;
  /**
   * Calls that were sent, indexed by id; free ids are reused. A Map keyed by increasing ids would cost a quarter of the
   * throughput.
   */
  readonly #sent: (PendingCall | undefined)[] = [];
  readonly #freeIds: number[] = [];
  /** Calls not sent yet, because the server's limit of calls in flight is reached. */
  readonly #waiting: PendingCall[] = [];
  readonly #helloReceived = withResolvers<HelloAnswer>();
  #hello: HelloAnswer | undefined;
  #lost: XsysError | undefined;

  /** @throws UNAVAILABLE when the listener is not xsys; the error of connect(2) when there is no listener. */
  static async open(path: string, pid: number): Promise<Link> {
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve();
      });
    });
    const link = new Link(path, socket);
    await link.#handshake(pid);
    return link;
  }

  private constructor(path: string, socket: Socket) {
    this.path = path;
    this.#socket = socket;
    this.#writer = new FrameWriter(socket);
    this.#helloReceived.promise.catch(() => {});
    const reader = new MessageReader({
      message: (message) => this.#take(message),
      chunk: (id, bytes, last) => this.#takeChunk(id, bytes, last),
      fault: (error) => this.#lose(`${path} violated the protocol: ${(error as Error).message}`),
    });
    socket.on("data", (bytes: Buffer) => reader.receive(bytes));
    socket.on("error", (error) => this.#lose(`the connection to ${path} failed: ${error.message}`));
    socket.on("close", () => this.#lose(`the connection to ${path} was closed`));
  }

  get hello(): HelloAnswer {
    if (this.#hello === undefined) throw new XsysError("UNAVAILABLE", `${this.path} has not answered the Hello yet`);
    return this.#hello;
  }

  get alive(): boolean {
    return this.#lost === undefined;
  }

  close(): void {
    this.#lose(`the connection to ${this.path} was closed by this client`);
  }

  send(call: OutgoingCall): void {
    if (this.#lost !== undefined) {
      call.receiver.reject(this.#lost);
      return;
    }
    if (call.options.signal?.aborted) {
      call.receiver.reject(cancelled(call.name, call.options.signal));
      return;
    }
    const pending = new PendingCall(call);
    pending.watch((error) => this.#abandon(pending, error));
    if (this.#inFlight >= this.hello.limits.inflight) this.#waiting.push(pending);
    else this.#start(pending);
  }

  get #inFlight(): number {
    return this.#sent.length - this.#freeIds.length;
  }

  async #handshake(pid: number): Promise<void> {
    const timer = setTimeout(
      () => this.#lose(`${this.path} did not answer the Hello within ${HELLO_TIMEOUT} ms`),
      HELLO_TIMEOUT,
    );
    const question: HelloQuestion = { protocol: PROTOCOL_VERSION, pid };
    this.#writer.json(encodeMessage("Hello", question));
    try {
      this.#hello = await this.#helloReceived.promise;
    } finally {
      clearTimeout(timer);
    }
    this.#socket.unref(); // an idle connection does not keep the process alive
  }

  #start(pending: PendingCall): void {
    const { name, params, options, receiver } = pending.call;
    let text: string;
    try {
      text = paramsText(name, params, this.hello.limits.frame);
    } catch (error) {
      pending.reject(error as XsysError);
      return;
    }
    if (this.#inFlight === 0) this.#socket.ref();
    const id = this.#freeIds.pop() ?? this.#sent.length;
    this.#sent[id] = pending;
    pending.id = id;
    const input = options.input === undefined ? "" : ',"input":true';
    const progress = options.onProgress === undefined ? "" : ',"progress":true';
    this.#writer.json(`${commandHead(name)}${text}${input}${progress}},"id":${id}}`);
    if (receiver.attach !== undefined) {
      pending.reader = new ByteReader((bytes) => this.#writer.json(encodeMessage("Credit", { bytes }, id)));
      receiver.attach(pending.reader);
    }
    if (receiver.attachEvents !== undefined) {
      pending.events = new EventReader((events) => this.#writer.json(encodeMessage("Credit", { events }, id)));
      receiver.attachEvents(pending.events);
    }
    if (options.input !== undefined) {
      pending.writer = new ByteWriter((bytes) => this.#writer.chunk(id, bytes));
      void this.#sendInput(pending, pending.writer, id, options.input);
    }
  }

  async #sendInput(pending: PendingCall, writer: ByteWriter, id: number, input: Input): Promise<void> {
    try {
      if (typeof input === "string") await writer.write(Buffer.from(input));
      else if (input instanceof Uint8Array) await writer.write(input);
      else for await (const bytes of input) await writer.write(bytes);
      if (!pending.settled) this.#writer.chunk(id, new Uint8Array(), LAST_CHUNK);
    } catch (cause) {
      if (!pending.settled) {
        this.#abandon(pending, new XsysError("CANCELLED", `${pending.call.name}: its input failed`, { cause }));
      }
    }
  }

  /** Cancels a call and tells the server. The id stays in use until the server has answered. */
  #abandon(pending: PendingCall, error: XsysError): void {
    if (pending.id !== undefined && this.alive) this.#writer.json(encodeMessage("Cancel", {}, pending.id));
    else if (pending.id === undefined) this.#waiting.splice(this.#waiting.indexOf(pending), 1);
    pending.reject(error);
  }

  #takeChunk(id: number, bytes: Buffer, last: boolean): void {
    const reader = this.#sent[id]?.reader;
    reader?.push(bytes);
    if (last) reader?.end();
  }

  #take(message: Message): void {
    const { type, id } = message;
    if (type === "Response") this.#settle(message);
    else if (type === "Credit" && id !== undefined)
      this.#sent[id]?.writer?.grant((message.payload as Credit).bytes ?? 0);
    else if (type === "Event" && id !== undefined) this.#sent[id]?.take(message.payload as EventPayload);
    else if (type === "Hello") this.#helloReceived.resolve(message.payload as HelloAnswer);
    else if (type === "Ping") this.#writer.json(encodeMessage("Pong", {}, id));
  }

  #settle({ id, payload }: Message): void {
    const response = payload as ResponsePayload;
    if (id === undefined) {
      // A response without an id answers no call: the server refuses this connection.
      this.#lose(`${this.path} refused the connection: ${response.error}`, errorOf(response));
      return;
    }
    const pending = this.#sent[id];
    if (pending === undefined) return;
    this.#sent[id] = undefined;
    this.#freeIds.push(id);
    if (response.status === "error") pending.reject(errorOf(response));
    else pending.resolve(response.data);
    const next = this.#waiting.shift();
    if (next !== undefined) this.#start(next);
    else if (this.#inFlight === 0) this.#socket.unref();
  }

  #lose(why: string, error = new XsysError("UNAVAILABLE", why)): void {
    if (this.#lost !== undefined) return;
    this.#lost = error;
    this.#helloReceived.reject(error);
    this.#socket.destroy();
    for (const pending of this.#sent) if (pending !== undefined) pending.reject(lostDuring(pending.call.name, error));
    for (const pending of this.#waiting) pending.reject(error);
  }
}
