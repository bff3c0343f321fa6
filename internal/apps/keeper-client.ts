import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { isErrorCode, XsysError } from "../../protocol/errors.ts";
import { FrameWriter } from "../../protocol/wire/frame.ts";
import { type CoreCommand, encodeMessage, type Message, type ResponsePayload } from "../../protocol/wire/message.ts";
import { MessageReader } from "../../protocol/wire/message-reader.ts";
import type { KeeperCommand, KeeperCommands } from "../keeper/keeper-commands.ts";

/** ECONNRESET: the keeper was killed at this moment. */
const NOBODY_LISTENS: ReadonlySet<string> = new Set(["ENOENT", "ECONNREFUSED", "ECONNRESET"]);

/** A connection to the keeper. */
export class KeeperClient {
  readonly #socket: Socket;
  readonly #writer: FrameWriter;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;
  #lost: XsysError | undefined;

  /** Undefined if no keeper listens there. @throws the system's error, such as DENIED */
  static async connect(path: string): Promise<KeeperClient | undefined> {
    const socket = connect(path);
    try {
      await once(socket, "connect");
      return new KeeperClient(socket);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (NOBODY_LISTENS.has(code)) return undefined;
      throw new XsysError("UNAVAILABLE", `cannot connect to the keeper at ${path}: ${(error as Error).message}`);
    }
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#writer = new FrameWriter(socket);
    const reader = new MessageReader({
      message: (message) => this.#take(message),
      chunk: () => {},
      fault: () => socket.destroy(),
    });
    socket.on("data", (bytes: Buffer) => reader.receive(bytes));
    socket.on("error", () => {}); // its "close" follows
    this.closed = new Promise((resolve) => socket.on("close", () => resolve()));
    void this.closed.then(() => this.#end());
  }

  get isClosed(): boolean {
    return this.#lost !== undefined;
  }

  /** @throws the keeper's error; UNAVAILABLE if the keeper ends meanwhile; the signal's reason */
  async call<C extends KeeperCommand>(
    command: C,
    params: KeeperCommands[C]["params"],
    signal?: AbortSignal,
  ): Promise<KeeperCommands[C]["result"]> {
    signal?.throwIfAborted();
    if (this.#lost !== undefined) throw this.#lost;
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    const abort = () => waiting.reject(signal?.reason);
    signal?.addEventListener("abort", abort);
    const [module = "", action = ""] = command.split(".");
    this.#writer.json(encodeMessage("CoreCommand", { module, action, params } satisfies CoreCommand, id));
    try {
      return (await waiting.promise) as KeeperCommands[C]["result"];
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#waiting.delete(id);
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #take({ id, payload }: Message): void {
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    const { status, data, error = "", code, details } = payload as ResponsePayload;
    if (status === "ok") waiting?.resolve(data);
    else waiting?.reject(new XsysError(isErrorCode(code) ? code : "INTERNAL", error, { ...(details && { details }) }));
  }

  #end(): void {
    this.#lost = new XsysError("UNAVAILABLE", "the keeper has ended; it is not known whether the call was carried out");
    for (const { reject } of this.#waiting.values()) reject(this.#lost);
  }
}
