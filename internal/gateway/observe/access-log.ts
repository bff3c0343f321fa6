import type { Logger } from "../../base/log.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { toldRequest } from "../exchange/request-for-log.ts";

/** Tells of a request that has ended: its status, and the bytes of its answer's body. */
export type AccessLog = (exchange: Exchange, status: number, bytes: number) => void;

/** Characters of what a client may make long. */
const MAX_AGENT = 256;

/** One line for each request. */
export function createAccessLog(log: Logger): AccessLog {
  return (exchange, status, bytes) => {
    const { host, route, startedAt, headers } = exchange;
    const line = {
      host,
      ...toldRequest(exchange),
      route,
      status,
      ms: Math.round((performance.now() - startedAt) * 100) / 100,
      bytes,
      agent: headers["user-agent"]?.slice(0, MAX_AGENT),
    };
    log.info(line, "request");
  };
}
