import { EventEmitter } from "node:events";
import { type PeerAddress, peerAddress } from "./peer-address.ts";
import type { WorkerExchange } from "./worker-exchange.ts";

/** What a request's socket is to node:http and to frameworks, where there is none: whose it is, and whether it is gone. */
export class NodeSocket extends EventEmitter {
  readable = true;
  writable = true;
  destroyed = false;
  readonly readableHighWaterMark = 65_536;
  /** Bytes that wait to be written to it: a response keeps its own, and up to Node 22 has finished when this is 0. */
  readonly writableLength = 0;
  /** node:http corks and uncorks by it. */
  readonly _writableState = { corked: 0 };
  /** The response that is written to it, as node:http has it. */
  _httpMessage: unknown;
  readonly #exchange: WorkerExchange;
  #peer: PeerAddress | undefined;
  #own: PeerAddress | undefined;

  constructor(exchange: WorkerExchange) {
    super();
    this.#exchange = exchange;
  }

  get remoteAddress(): string | undefined {
    this.#peer ??= peerAddress(this.#exchange.request.remoteAddr);
    return this.#peer.address;
  }

  get remotePort(): number | undefined {
    this.#peer ??= peerAddress(this.#exchange.request.remoteAddr);
    return this.#peer.port;
  }

  get remoteFamily(): "IPv4" | "IPv6" | undefined {
    const { remoteAddress } = this;
    if (remoteAddress === undefined) return undefined;
    return remoteAddress.includes(":") ? "IPv6" : "IPv4";
  }

  get localAddress(): string | undefined {
    this.#own ??= peerAddress(this.#exchange.request.localAddr);
    return this.#own.address;
  }

  get localPort(): number | undefined {
    this.#own ??= peerAddress(this.#exchange.request.localAddr);
    return this.#own.port;
  }

  address(): { address: string | undefined; port: number | undefined } {
    return { address: this.localAddress, port: this.localPort };
  }

  /** Breaks the exchange off: its client gets no whole answer. */
  destroy(): this {
    if (this.destroyed) return this;
    if (this.#exchange.isAnswered) this.#exchange.fail("the worker broke off");
    else this.#exchange.answer(502, {});
    this.gone();
    return this;
  }

  /** The client has gone. */
  gone(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.readable = false;
    this.writable = false;
    process.nextTick(() => this.emit("close"));
  }

  end(): this {
    return this.destroy();
  }

  // What is done to a socket and has no meaning here, where the gateway's own limits hold.
  write(): boolean {
    return true;
  }

  cork(): void {}

  uncork(): void {}

  pause(): this {
    return this;
  }

  resume(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }
}
