import type { Duplex } from "node:stream";
import type { Upgrade } from "../exchange/exchange.ts";
import type { GatewayRequest, GatewayResponse } from "../exchange/http-messages.ts";

/** What is known of a request beside itself. */
export interface Arrival {
  /** Its connection, where node has left that to us: nothing else comes on it. */
  readonly socket?: Duplex;
  /** It asks to speak WebSocket from here on. */
  readonly upgrade?: Upgrade;
  /** The client waits for leave to send the body. */
  readonly awaitsContinue?: boolean;
}

/** Who answers. */
export type RequestHandler = (request: GatewayRequest, response: GatewayResponse, arrival?: Arrival) => void;
