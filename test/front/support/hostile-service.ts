import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

/** A server that answers fronts with bytes of the test. */
export class HostileService {
  readonly #server: Server;

  /** `answer` writes to the front, after its Hello has arrived, and again after each later message. */
  constructor(answer: (socket: Socket, messages: number, received: Buffer) => void) {
    this.#server = createServer((socket) => {
      let messages = 0;
      socket.on("error", () => {});
      socket.on("data", (bytes: Buffer) => answer(socket, messages++, bytes));
    });
  }

  async listen(path: string): Promise<void> {
    this.#server.listen(path);
    await once(this.#server, "listening");
  }

  close(): void {
    this.#server.close();
  }
}

/** A frame with a payload. */
export function frame(payload: Uint8Array | string): Buffer {
  const bytes = Buffer.from(payload as string);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

export function message(type: string, payload: object = {}): Buffer {
  return frame(JSON.stringify({ type, payload }));
}

export function chunk(id: number, bytes: Uint8Array | string): Buffer {
  const head = Buffer.from([3, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(id, 2);
  return frame(Buffer.concat([head, Buffer.from(bytes as string)]));
}

/** The Hello of a service that accepts the front. */
export const ACCEPTS = message("Hello", { protocol: 1, front: true });
