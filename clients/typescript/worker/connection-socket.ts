import { Duplex } from "node:stream";
import type { ByteWriter } from "../../../protocol/wire/byte-stream.ts";
import { peerAddress } from "./peer-address.ts";
import type { WorkerExchange } from "./worker-exchange.ts";

/** An upgraded connection as a socket: reads the client's bytes and writes to the client. */
export class ConnectionSocket extends Duplex {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  protected readonly exchange: WorkerExchange;
  protected output: ByteWriter | undefined;
  #reading = false;

  /** `output` writes the response body, when the response has already been started. */
  constructor(exchange: WorkerExchange, output?: ByteWriter) {
    super();
    const { address, port } = peerAddress(exchange.request.remoteAddr);
    this.remoteAddress = address;
    this.remotePort = port;
    this.exchange = exchange;
    this.output = output;
    exchange.onLost(() => this.destroy());
  }

  // Methods of a net.Socket that have no effect here: the gateway's limits and timeouts apply.
  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  override _read(): void {
    void this.#pump();
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.output?.write(bytes).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.exchange.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.exchange.isAnswered) this.exchange.fail("the worker closed the connection");
    done(error);
  }

  async #pump(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      const bytes = await this.exchange.input?.next();
      this.#reading = false;
      if (!this.destroyed) this.push(bytes ?? null);
    } catch {
      this.destroy(); // the client has disconnected
    }
  }
}
