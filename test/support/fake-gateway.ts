import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { ByteReader, ByteWriter } from "../../protocol/wire/byte-stream.ts";
import { FrameReader, FrameWriter, LAST_CHUNK, XBP_RESPONSE_MARK } from "../../protocol/wire/frame.ts";
import { encodeMessage, type Message, parseMessage } from "../../protocol/wire/message.ts";
import type { WorkerRequest } from "../../protocol/wire/worker.ts";
import { decodeXbpResponse, sendXbpRequest } from "../../protocol/wire/xbp.ts";

/** A worker's response, with a whole body or a stream of chunks. */
export interface FakeAnswer {
  readonly encoding: "xbp" | "json";
  readonly status: number;
  readonly headers: Record<string, string | number | readonly string[]>;
  readonly body: Buffer;
  readonly stream: ByteReader | undefined;
}

/** How a request is sent to the worker. */
interface SendOptions {
  readonly encoding?: "xbp" | "json";
  readonly input?: boolean;
  readonly upgrade?: boolean;
}

const GET: WorkerRequest = {
  method: "GET",
  url: "/",
  headers: { host: "app.test" },
  query: {},
  params: {},
  remoteAddr: "10.0.0.1:4321",
  localAddr: "127.0.0.1:80",
};

/** A request that the fake gateway has sent. */
export interface FakeExchange {
  readonly id: number;
  readonly answer: Promise<FakeAnswer>;
  /** Writes the request body, when it is sent in chunks. */
  readonly input: ByteWriter;
  endInput(): void;
  cancel(): void;
}

/** Listens on a socket as the gateway does, and exchanges frames with one worker. */
export class FakeGateway {
  readonly path: string;
  /** Messages that belong to no request, in the order received. */
  readonly messages: Message[] = [];
  readonly #server: Server;
  readonly #answers = new Map<number, PromiseWithResolvers<FakeAnswer>>();
  readonly #readers = new Map<number, ByteReader>();
  readonly #writers = new Map<number, ByteWriter>();
  #socket: Socket | undefined;
  #writer: FrameWriter | undefined;
  #ids = 0;
  #wake: () => void = () => {};

  private constructor(path: string) {
    this.path = path;
    this.#server = createServer((socket) => this.#attach(socket));
  }

  static async listen(path: string): Promise<FakeGateway> {
    const gateway = new FakeGateway(path);
    await once(gateway.#server.listen(path), "listening");
    return gateway;
  }

  /** Waits for the next message of a type, among those that belong to no request. */
  async message(type: string): Promise<Message> {
    for (;;) {
      const place = this.messages.findIndex((message) => message.type === type);
      if (place >= 0) return this.messages.splice(place, 1)[0] as Message;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  sendMessage(type: string, payload: unknown, id?: number): void {
    this.#writer?.json(encodeMessage(type, payload, id));
  }

  send(part: Partial<WorkerRequest>, options: SendOptions = {}): FakeExchange {
    const id = this.#ids++;
    const answer = Promise.withResolvers<FakeAnswer>();
    answer.promise.catch(() => {});
    this.#answers.set(id, answer);
    const input = new ByteWriter((bytes) => this.#writer?.chunk(id, bytes));
    this.#writers.set(id, input);
    this.#sendRequest(id, { ...GET, ...part }, options);
    return {
      id,
      answer: answer.promise,
      input,
      endInput: () => this.#writer?.chunk(id, new Uint8Array(), LAST_CHUNK),
      cancel: () => this.sendMessage("Cancel", {}, id),
    };
  }

  async fetch(part: Partial<WorkerRequest>, options?: SendOptions): Promise<FakeAnswer> {
    return await this.send(part, options).answer;
  }

  /** Sends a frame that is invalid in the protocol. */
  garble(): void {
    this.#socket?.write(Buffer.from([0, 0, 0, 1, 0xff]));
  }

  /** Closes the worker's connection, as a gateway that stops it does. */
  async disconnect(): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined) return;
    socket.destroy();
    await once(socket, "close");
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #sendRequest(id: number, request: WorkerRequest, { encoding = "xbp", input, upgrade }: SendOptions): void {
    const fitsXbp = encoding === "xbp" && !input && !upgrade && request.files === undefined;
    if (fitsXbp && this.#writer && sendXbpRequest(this.#writer, String(id), request)) return;
    const { remoteAddr, localAddr, body, files, uploadErrors, ...rest } = request;
    this.sendMessage("Request", {
      id: String(id),
      ...rest,
      remote_addr: remoteAddr,
      local_addr: localAddr,
      body: body && Buffer.from(body).toString("base64"),
      files,
      upload_errors: uploadErrors,
      input,
      upgrade,
    });
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    this.#writer = new FrameWriter(socket);
    const reader = new FrameReader();
    const takeChunk = (id: number, bytes: Buffer, last: boolean) => {
      this.#readers.get(id)?.push(bytes);
      if (!last) return;
      this.#readers.get(id)?.end();
      this.#readers.delete(id); // it is complete, whatever happens to the connection
    };
    socket.on("data", (bytes: Buffer) => reader.push(bytes, (payload) => this.#receive(payload), takeChunk));
    socket.on("error", () => {}); // the connection may be reset when the worker exits
    socket.on("close", () => this.#lose());
  }

  #receive(payload: Buffer): void {
    if (payload[0] === XBP_RESPONSE_MARK) {
      const { id, ...answer } = decodeXbpResponse(payload);
      this.#answers.get(Number(id))?.resolve({ encoding: "xbp", stream: undefined, ...answer });
      return;
    }
    const message = parseMessage(payload);
    // biome-ignore lint/suspicious/noExplicitAny: the tests check what a worker sends
    const content = message.payload as any;
    if (message.type === "Response") this.#answered(content);
    else if (message.type === "Credit") this.#writers.get(message.id ?? -1)?.grant(content.bytes);
    else if (message.type === "Cancel") this.#readers.get(message.id ?? -1)?.end(new Error(content.reason));
    else {
      this.messages.push(message);
      this.#wake();
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  #answered({ id, status, headers, body, output }: any): void {
    const number = Number(id);
    const stream = output ? new ByteReader((bytes) => this.sendMessage("Credit", { bytes }, number)) : undefined;
    if (stream) this.#readers.set(number, stream);
    const bytes = Buffer.from(body ?? "", "base64");
    this.#answers.get(number)?.resolve({ encoding: "json", status, headers, body: bytes, stream });
  }

  #lose(): void {
    const error = new Error("the worker closed its connection");
    for (const answer of this.#answers.values()) answer.reject(error);
    for (const reader of this.#readers.values()) reader.end(error);
  }
}

/** The whole body of a response. */
export async function bodyOf({ body, stream }: FakeAnswer): Promise<Buffer> {
  if (stream === undefined) return body;
  const parts: Uint8Array[] = [];
  for await (const bytes of stream) parts.push(Buffer.from(bytes));
  return Buffer.concat(parts);
}
