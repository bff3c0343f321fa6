import type { Logger } from "../../log.ts";
import type { Exchange } from "../exchange.ts";

/** Tells of a request that has ended: its status, and the bytes of its answer's body. */
export type AccessLog = (exchange: Exchange, status: number, bytes: number) => void;

/** Characters of what a client may make long. */
const MAX_PATH = 2_048;
const MAX_AGENT = 256;

/** One line for each request. Of the target only the path is told: queries have tokens and addresses in them. */
export function createAccessLog(log: Logger): AccessLog {
  return ({ method, path, client, route, startedAt, headers }, status, bytes) => {
    const line = {
      method,
      path: path.slice(0, MAX_PATH),
      route,
      status,
      ms: Math.round((performance.now() - startedAt) * 100) / 100,
      bytes,
      client,
      agent: headers["user-agent"]?.slice(0, MAX_AGENT),
    };
    log.info(line, "request");
  };
}
