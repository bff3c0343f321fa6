import type { Duplex } from "node:stream";
import type { Upgrade } from "../exchange/exchange.ts";
import type { GatewayRequest, GatewayResponse } from "../exchange/http-messages.ts";

/** How a request arrived, in addition to the request and response objects. */
export interface Arrival {
  /** Its connection, if Node has released it. No further request arrives on it. */
  readonly socket?: Duplex;
  /** Present for an upgrade to WebSocket. */
  readonly upgrade?: Upgrade;
  /** The client waits for 100 Continue before it sends the body. */
  readonly awaitsContinue?: boolean;
}

/** Answers a request. */
export type RequestHandler = (request: GatewayRequest, response: GatewayResponse, arrival?: Arrival) => void;
