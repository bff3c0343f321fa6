import type { IncomingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";
import type { HeaderValue } from "../../../protocol/wire/worker.ts";
import { addressOf } from "./address.ts";
import type { GatewayRequest, GatewayResponse } from "./http-messages.ts";
import { peerAddress } from "./peer-address.ts";
import { requestFields } from "./request-fields.ts";

/** A client's connection that it wants to speak WebSocket on, and what it has said after its request. */
export interface Upgrade {
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** One HTTP request, what is known of it, and who waits for its end. */
export class Exchange {
  readonly request: GatewayRequest;
  readonly response: GatewayResponse;
  /** As asked, upper case. */
  readonly method: string;
  /** Which host it is for, with the port where that was told; undefined where HTTP/1.0 tells none. */
  readonly host: string | undefined;
  /** Why its host and target cannot be told. */
  readonly addressFault: string | undefined;
  /** Its fields by lower-case name, as `requestFields` has them. */
  readonly headers: IncomingHttpHeaders;
  /** Path and query, undecoded; of a whole URL these. Empty for CONNECT, and where they cannot be told. */
  readonly target: string;
  /** The target without its query, undecoded. */
  readonly path: string;
  /** The query without its `?`, undecoded. */
  readonly search: string;
  /** The client's address, without port: behind trusted proxies the one they tell. */
  readonly client: string;
  /** Its peer is a trusted proxy. */
  readonly isFromTrusted: boolean;
  /** Present where the client wants to change the protocol. */
  readonly upgrade: Upgrade | undefined;
  /** By performance.now(). */
  readonly startedAt: number;
  /** The pattern of the route that matched; where none did, who answers. */
  route = "(gateway)";
  /** Status of its answer; 0 while there is none. */
  status = 0;
  /** Bytes of the answer's body, as far as they were written. */
  bytes = 0;
  /** Header fields that whatever answer comes is given. */
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

  /** Whether it was answered, or its client has gone. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Aborted when the client has gone, or was answered. */
  get gone(): AbortSignal {
    this.#gone ??= new AbortController();
    if (this.#ended) this.#gone.abort();
    return this.#gone.signal;
  }

  addHeader(name: string, value: HeaderValue): void {
    this.extraHeaders ??= {};
    this.extraHeaders[name] = value;
  }

  /** Runs once, when the client was answered or has gone. */
  onEnd(listener: () => void): void {
    if (this.#ended) listener();
    else if (this.#onEnd === undefined) this.#onEnd = [listener];
    else this.#onEnd.push(listener);
  }

  /** The client was answered or has gone. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#gone?.abort();
    if (this.#onEnd !== undefined) for (const listener of this.#onEnd) listener();
  }
}
