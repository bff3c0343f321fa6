import type { IncomingHttpHeaders } from "node:http";
import { Exchange } from "../../internal/gateway/exchange/exchange.ts";
import type { GatewayRequest, GatewayResponse } from "../../internal/gateway/exchange/http-messages.ts";

export interface FakeRequest {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: IncomingHttpHeaders;
  /** Address of the socket's peer; `port` is its port. */
  readonly peer?: string;
  readonly port?: number;
  /** The client, if it is not the peer. */
  readonly client?: string;
}

/** An exchange that has only a request. */
export function fakeExchange({ method, url, headers = {}, peer = "192.0.2.1", port = 5000, client }: FakeRequest = {}) {
  const request = { method, url, headers, socket: { remoteAddress: peer, remotePort: port } };
  return new Exchange(request as unknown as GatewayRequest, {} as GatewayResponse, client ?? peer);
}
