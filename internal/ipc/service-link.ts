import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { FrameWriter } from "../../protocol/wire/frame.ts";
import { encodeMessage, type Message } from "../../protocol/wire/message.ts";
import { MessageReader } from "../../protocol/wire/message-reader.ts";

/** Ids of questions, which the frame format limits to 32 bits. */
const MAX_ID = 0xffff_ffff;

/** A gateway process's connection to its service. */
export class ServiceLink {
  /** Resolves when the connection has ended, with the reason. */
  readonly ended: Promise<string>;
  /** Handles the messages that answer no question. */
  onMessage: (message: Message) => void = () => {};
  readonly #writer: FrameWriter;
  readonly #asked = new Map<number, (payload: unknown) => void>();
  #lastId = 0;

  /** @throws the system's error if there is no service at `path`. */
  static async connect(path: string): Promise<ServiceLink> {
    const socket = connect(path);
    await once(socket, "connect");
    return new ServiceLink(socket);
  }

  private constructor(socket: Socket) {
    this.#writer = new FrameWriter(socket);
    this.#writer.gatherTurn();
    const { promise, resolve } = Promise.withResolvers<string>();
    this.ended = promise;
    const reader = new MessageReader({
      message: (message) => this.#take(message),
      chunk: () => {},
      fault: (error) => {
        resolve(`it sent an invalid message: ${(error as Error).message}`);
        socket.destroy();
      },
    });
    socket.on("data", (bytes: Buffer) => reader.receive(bytes));
    socket.on("error", (error) => resolve(error.message));
    socket.on("close", () => resolve("the connection was closed"));
  }

  send(type: string, payload: unknown, id?: number): void {
    this.#writer.json(encodeMessage(type, payload, id));
  }

  /** Sends at once what is queued. */
  flush(): void {
    this.#writer.flush();
  }

  /** Sends a question; `answered` is called with the payload of its answer. Returns the id of the question. */
  ask(type: string, payload: unknown, answered: (payload: unknown) => void): number {
    do this.#lastId = this.#lastId === MAX_ID ? 1 : this.#lastId + 1;
    while (this.#asked.has(this.#lastId));
    this.#asked.set(this.#lastId, answered);
    this.send(type, payload, this.#lastId);
    return this.#lastId;
  }

  #take(message: Message): void {
    const { id } = message;
    const answered = id === undefined ? undefined : this.#asked.get(id);
    if (id === undefined || answered === undefined || !ANSWERS.has(message.type)) this.onMessage(message);
    else {
      this.#asked.delete(id);
      answered(message.payload);
    }
  }
}

/** Types of messages that answer a question of a gateway. */
const ANSWERS: ReadonlySet<string> = new Set(["MayTry", "StatusPage"]);
