import { EventEmitter } from "node:events";
import { type PeerAddress, peerAddress } from "./peer-address.ts";
import type { WorkerExchange } from "./worker-exchange.ts";

/**
 * Stands in for the socket of a request, which has none: gives node:http and frameworks the addresses and the state of
 * the client's connection.
 */
export class NodeSocket extends EventEmitter {
  readable = true;
  writable = true;
  destroyed = false;
  readonly readableHighWaterMark = 65_536;
  /** Always 0, because a response buffers its own bytes. Up to Node 22 a response has finished only when this is 0. */
  readonly writableLength = 0;
  /** node:http reads it when it corks and uncorks. */
  readonly _writableState = { corked: 0 };
  /** The current response, under node:http's name for it. */
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

  /** Aborts the exchange: the client gets 502, or an incomplete response if it was already started. */
  destroy(): this {
    if (this.destroyed) return this;
    if (this.#exchange.isAnswered) this.#exchange.fail("the worker aborted the response");
    else this.#exchange.answer(502, {});
    this.gone();
    return this;
  }

  /** Marks the socket as closed: the client has disconnected. */
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

  // Methods of a net.Socket that have no effect here: the gateway's limits and timeouts apply.
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
