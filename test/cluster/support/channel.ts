import type { Socket } from "node:net";
import type { WorkerChannel } from "../../../internal/workers/channel.ts";
import { FrameReader, FrameWriter } from "../../../protocol/wire/frame.ts";
import { encodeMessage } from "../../../protocol/wire/message.ts";
import { Happenings } from "./happenings.ts";

/** A worker's connection, as the gateway has it. */
export class Channel implements WorkerChannel {
  id = "";
  key: string | undefined;
  pid: number | undefined;
  endedByRequest = false;
  /** Calls of the supervisor: `active`, `idle`, `warm-up`, `drain`, `gc`. */
  readonly told: string[] = [];
  /** What the worker answered: `Pong`, and the ids of requests. */
  readonly answered = new Happenings<string>();
  /** One item per call of `drain`. */
  readonly drains = new Happenings<void>();
  /** Resolves in the same turn in which the supervisor is informed that the connection is closed. */
  readonly whenClosed: Promise<void>;
  readonly #socket: Socket;
  readonly #writer: FrameWriter;
  readonly #requests = new Map<string, { method: string; path: string; since: number; answered: () => void }>();
  #pong: () => void = () => {};
  #drained: () => void = () => {};
  #onClose: (reason?: string) => void = () => {};
  #fault: string | undefined;
  #lastId = 0;

  constructor(socket: Socket, onRegister: (channel: Channel) => void) {
    const { promise, resolve: closed } = Promise.withResolvers<void>();
    this.whenClosed = promise;
    this.#socket = socket;
    this.#writer = new FrameWriter(socket);
    const reader = new FrameReader();
    socket.on("data", (bytes: Buffer) => {
      try {
        reader.push(bytes, (payload) => this.#take(JSON.parse(payload.toString()), onRegister));
      } catch (error) {
        this.#fault = (error as Error).message;
        socket.destroy();
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#onClose(this.#fault);
      this.#drained();
      closed();
    });
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  get inFlight(): number {
    return this.#requests.size;
  }

  requestsInFlight(limit: number) {
    const all = [...this.#requests.values()].slice(0, limit);
    return all.map(({ method, path, since }) => ({ method, path, age: performance.now() - since }));
  }

  setActive(active: boolean): void {
    this.told.push(active ? "active" : "idle");
  }

  warmUp(): void {
    this.told.push("warm-up");
  }

  drain(): Promise<void> {
    this.told.push("drain");
    this.drains.add();
    return new Promise((resolve) => {
      this.#drained = resolve;
      if (this.inFlight === 0 || this.#socket.destroyed) resolve();
    });
  }

  forceGc(): void {
    this.told.push("gc");
    this.#say("ForceGC");
  }

  ping(): Promise<void> {
    this.#say("Ping");
    return new Promise((resolve) => {
      this.#pong = resolve;
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  onClose(listener: (reason?: string) => void): void {
    this.#onClose = listener;
  }

  /** Sends a request. Resolves when it is answered. */
  request(path: string): Promise<void> {
    const id = String(++this.#lastId);
    return new Promise((answered) => {
      this.#requests.set(id, { method: "GET", path, since: performance.now(), answered });
      this.#say("Request", { id, url: path });
    });
  }

  /** Simulates a worker that violates the protocol. */
  takeGarbage(): void {
    this.#socket.emit("data", Buffer.alloc(16));
  }

  #say(type: string, payload: object = {}): void {
    this.#writer.json(encodeMessage(type, payload));
  }

  #take({ type, payload }: { type: string; payload: { id: string } }, onRegister: (channel: Channel) => void): void {
    if (type === "RegisterWorker") {
      Object.assign(this, payload);
      onRegister(this);
    } else if (type === "Pong") {
      this.#pong();
      this.answered.add("Pong");
    } else if (type === "Response") {
      this.#requests.get(payload.id)?.answered();
      this.#requests.delete(payload.id);
      this.answered.add(payload.id);
      if (this.inFlight === 0) this.#drained();
    }
  }
}
