import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { FrameReader, HEADER_BYTES } from "../../protocol/wire/frame.ts";
import { isChunk } from "./chunk.ts";

/** A peer that sends arbitrary bytes to the service and stores what it receives. */
export class RawPeer {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  readonly #payloads: Buffer[] = [];
  #wake: () => void = () => {};
  #isClosed = false;

  static async connect(path: string): Promise<RawPeer> {
    const socket = connect(path);
    const peer = new RawPeer(socket);
    await once(socket, "connect");
    return peer;
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    const reader = new FrameReader();
    socket.on("data", (bytes: Buffer) => {
      reader.push(bytes, (payload) => this.#payloads.push(Buffer.from(payload)));
      this.#wake();
    });
    socket.on("error", () => {}); // a reset also closes the connection
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        this.#isClosed = true;
        this.#wake();
        resolve();
      });
    });
  }

  send(message: unknown): void {
    this.sendPayload(Buffer.from(JSON.stringify(message)));
  }

  sendPayload(payload: Uint8Array): void {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32BE(payload.length);
    this.socket.write(Buffer.concat([header, payload]));
  }

  /** Waits for the next payload. Rejects when the connection is closed first. */
  async payload(): Promise<Buffer> {
    for (;;) {
      const payload = this.#payloads.shift();
      if (payload !== undefined) return payload;
      if (this.#isClosed) throw new Error("the connection was closed");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Waits for the next message. Chunks before it are skipped. */
  // biome-ignore lint/suspicious/noExplicitAny: tests check arbitrary fields
  async message(): Promise<any> {
    let payload = await this.payload();
    while (isChunk(payload)) payload = await this.payload();
    return JSON.parse(payload.toString());
  }

  close(): void {
    this.socket.destroy();
  }
}

/** A call as XyPriss's client sends it, or with an id, as this project's SDK does. */
export function coreCommand(name: string, params: object = {}, id?: number) {
  const [module, action] = name.split(".");
  return { type: "CoreCommand", payload: { module, action, params }, ...(id !== undefined && { id }) };
}
