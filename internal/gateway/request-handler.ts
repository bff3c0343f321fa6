import type { GatewayRequest, GatewayResponse, Upgrade } from "./exchange.ts";

/** What is known of a request beside itself. */
export interface Arrival {
  /** It asks to speak WebSocket from here on. */
  readonly upgrade?: Upgrade;
  /** The client waits for leave to send the body. */
  readonly awaitsContinue?: boolean;
}

/** Who answers. */
export type RequestHandler = (request: GatewayRequest, response: GatewayResponse, arrival?: Arrival) => void;
