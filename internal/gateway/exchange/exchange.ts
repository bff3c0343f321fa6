import type { IncomingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";
import type { HeaderValue } from "../../../protocol/wire/worker.ts";
import { addressOf } from "./address.ts";
import type { GatewayRequest, GatewayResponse } from "./http-messages.ts";
import { peerAddress } from "./peer-address.ts";
import { requestFields } from "./request-fields.ts";

/** The connection of a client that requests an upgrade to WebSocket, and the bytes that followed the request. */
export interface Upgrade {
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** One HTTP request and its response, with data derived from the request and listeners for its end. */
export class Exchange {
  readonly request: GatewayRequest;
  readonly response: GatewayResponse;
  /** As sent by the client, upper case. */
  readonly method: string;
  /** The requested host, with the port if the client sent one; undefined for HTTP/1.0 without Host. */
  readonly host: string | undefined;
  /** The reason why host and target could not be determined. */
  readonly addressFault: string | undefined;
  /** Header fields by lower-case name, as returned by `requestFields`. */
  readonly headers: IncomingHttpHeaders;
  /** Path and query, not decoded, also of an absolute URL. Empty for CONNECT, and if they could not be determined. */
  readonly target: string;
  /** The target without its query, not decoded. */
  readonly path: string;
  /** The query without `?`, not decoded. */
  readonly search: string;
  /** The client's address, without port; behind trusted proxies the one they forward. */
  readonly client: string;
  /** The peer is a trusted proxy. */
  readonly isFromTrusted: boolean;
  /** Present if the client requests an upgrade. */
  readonly upgrade: Upgrade | undefined;
  /** Time of performance.now(). */
  readonly startedAt: number;
  /** The pattern of the matching route; without one, what answers, in parentheses. */
  route = "(gateway)";
  /** Status of the answer; 0 before there is one. */
  status = 0;
  /** Bytes of the answer's body written so far. */
  bytes = 0;
  /** Header fields that are added to the answer. */
  extraHeaders: Record<string, HeaderValue> | undefined;
  #onEnd: (() => void)[] | undefined;
  #gone: AbortController | undefined;
  #ended = false;

  constructor(
    request: GatewayRequest,
    response: GatewayResponse,
    client: string,
    upgrade?: Upgrade,
    isFromTrusted = client !== peerAddress(request),
  ) {
    const address = addressOf(request);
    const isKnown = typeof address !== "string";
    this.request = request;
    this.upgrade = upgrade;
    this.response = response;
    this.client = client;
    this.method = request.method ?? "GET";
    this.isFromTrusted = isFromTrusted;
    this.addressFault = isKnown ? undefined : address;
    this.host = isKnown ? address.host : undefined;
    this.target = isKnown ? address.target : "";
    this.headers = requestFields(request, this.host);
    const mark = this.target.indexOf("?");
    this.path = mark < 0 ? this.target : this.target.slice(0, mark);
    this.search = mark < 0 ? "" : this.target.slice(mark + 1);
    this.startedAt = performance.now();
  }

  get isTls(): boolean {
    return "encrypted" in this.request.socket && this.request.socket.encrypted === true;
  }

  /** Whether the request was answered, or the client has disconnected. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Aborted when the request was answered, or the client has disconnected. */
  get gone(): AbortSignal {
    this.#gone ??= new AbortController();
    if (this.#ended) this.#gone.abort();
    return this.#gone.signal;
  }

  addHeader(name: string, value: HeaderValue): void {
    this.extraHeaders ??= {};
    this.extraHeaders[name] = value;
  }

  /** Calls the listener once, when the request was answered or the client has disconnected. */
  onEnd(listener: () => void): void {
    if (this.#ended) listener();
    else if (this.#onEnd === undefined) this.#onEnd = [listener];
    else this.#onEnd.push(listener);
  }

  /** Called when the request was answered or the client has disconnected. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#gone?.abort();
    if (this.#onEnd !== undefined) for (const listener of this.#onEnd) listener();
  }
}
