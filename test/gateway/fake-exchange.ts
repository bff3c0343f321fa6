import type { IncomingHttpHeaders } from "node:http";
import { Exchange } from "../../internal/gateway/exchange/exchange.ts";
import type { GatewayRequest, GatewayResponse } from "../../internal/gateway/exchange/http-messages.ts";

export interface FakeRequest {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: IncomingHttpHeaders;
  /** Address and port of the socket. */
  readonly peer?: string;
  readonly port?: number;
  /** The client, where it is another than the peer. */
  readonly client?: string;
}

/** An exchange of which only the request is there. */
export function fakeExchange({ method, url, headers = {}, peer = "192.0.2.1", port = 5000, client }: FakeRequest = {}) {
  const request = { method, url, headers, socket: { remoteAddress: peer, remotePort: port } };
  return new Exchange(request as unknown as GatewayRequest, {} as GatewayResponse, client ?? peer);
}
