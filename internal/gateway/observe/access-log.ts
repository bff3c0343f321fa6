import type { Logger } from "../../base/log.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { requestForLog } from "../exchange/request-for-log.ts";

/** Logs a request that has ended, with its status and the size of the answer's body in bytes. */
export type AccessLog = (exchange: Exchange, status: number, bytes: number) => void;

/** Maximum number of characters logged of User-Agent. */
const MAX_AGENT = 256;

/** Logs one line per request. */
export function createAccessLog(log: Logger): AccessLog {
  return (exchange, status, bytes) => {
    const { host, route, startedAt, headers } = exchange;
    const line = {
      host,
      ...requestForLog(exchange),
      route,
      status,
      ms: Math.round((performance.now() - startedAt) * 100) / 100,
      bytes,
      agent: headers["user-agent"]?.slice(0, MAX_AGENT),
    };
    log.info(line, "request");
  };
}
