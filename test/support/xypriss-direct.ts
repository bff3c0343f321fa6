import { connect, type Socket } from "node:net";

/** XyPriss's timeout for a reply, in milliseconds. */
const REPLY_LIMIT = 5_000;

interface PendingReply {
  resolve(data: unknown): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

/**
 * A client that behaves like XyPriss's XHSCDirectIPC: it connects at its first command, has one command in flight at a
 * time, treats the next frame as the reply, rejects any other message type, and discards bytes after the reply in the
 * same chunk.
 */
export class XyprissDirect {
  readonly #path: string;
  /** Whether to write a frame's length and body separately, as older versions of XyPriss do. */
  readonly #inTwoWrites: boolean;
  #socket: Promise<Socket> | undefined;
  #received = Buffer.alloc(0);
  #pending: PendingReply | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string, { inTwoWrites = false }: { readonly inTwoWrites?: boolean } = {}) {
    this.#path = path;
    this.#inTwoWrites = inTwoWrites;
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests check arbitrary fields
  command(module: string, action: string, params: unknown): Promise<any> {
    const turn = this.#last.then(() => this.#ask({ type: "CoreCommand", payload: { module, action, params } }));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async close(): Promise<void> {
    (await this.#socket)?.destroy();
  }

  async #ask(message: object): Promise<unknown> {
    this.#socket ??= this.#connect();
    const socket = await this.#socket;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(({ reject: fail }) => fail(new Error("Timeout"))), REPLY_LIMIT);
      this.#pending = { resolve, reject, timer };
      const body = Buffer.from(JSON.stringify(message));
      const length = Buffer.alloc(4);
      length.writeUInt32BE(body.length);
      if (this.#inTwoWrites) {
        socket.write(length);
        socket.write(body);
      } else socket.write(Buffer.concat([length, body]));
    });
  }

  #connect(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.#path, () => resolve(socket));
      socket.on("error", reject);
      socket.on("data", (bytes: Buffer) => this.#receive(bytes));
      socket.on("close", () => this.#settle(({ reject: fail }) => fail(new Error("Connection closed"))));
    });
  }

  #receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    if (this.#received.length < 4) return;
    const length = this.#received.readUInt32BE();
    if (this.#received.length < 4 + length) return;
    const { type, payload } = JSON.parse(this.#received.toString("utf8", 4, 4 + length));
    this.#received = Buffer.alloc(0);
    this.#settle(({ resolve, reject }) => {
      if (type !== "Response") reject(new Error(`Unexpected message type: ${type}`));
      else if (payload.status === "error") reject(new Error(payload.error));
      else resolve(payload.data);
    });
  }

  #settle(settle: (pending: PendingReply) => void): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    clearTimeout(pending.timer);
    settle(pending);
  }
}

/** An open file like XyPriss's FileHandle, which has its own connection. */
export class XyprissFileHandle {
  readonly #ipc: XyprissDirect;
  readonly fd: number;

  static async open(socket: string, path: string, flags: number): Promise<XyprissFileHandle> {
    const ipc = new XyprissDirect(socket);
    const { handle } = await ipc.command("fs", "open", { path, flags, mode: "0644" });
    return new XyprissFileHandle(ipc, handle);
  }

  private constructor(ipc: XyprissDirect, fd: number) {
    this.#ipc = ipc;
    this.fd = fd;
  }

  async read(length: number): Promise<Buffer> {
    const params = { handle: this.fd, length, encoding: "base64" };
    return Buffer.from((await this.#ipc.command("fs", "handle-read", params)).content, "base64");
  }

  async write(bytes: Uint8Array): Promise<number> {
    const params = { handle: this.fd, data: Buffer.from(bytes).toString("base64"), encoding: "base64" };
    return (await this.#ipc.command("fs", "handle-write", params)).n;
  }

  async seek(offset: number, whence = 0): Promise<number> {
    return (await this.#ipc.command("fs", "handle-seek", { handle: this.fd, offset, whence })).pos;
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests check arbitrary fields
  stat(): Promise<any> {
    return this.#ipc.command("fs", "handle-stat", { handle: this.fd });
  }

  async close(): Promise<void> {
    await this.#ipc.command("fs", "close", { handle: this.fd });
    await this.#ipc.close();
  }

  /** Disconnects without closing the file. */
  vanish(): Promise<void> {
    return this.#ipc.close();
  }
}
