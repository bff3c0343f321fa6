import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { withinTimer } from "../../../protocol/timers.ts";
import type { Answer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { answerHeaders } from "./answer-headers.ts";
import type { ProxyDeps } from "./deps.ts";
import { failureAnswer, isOfRequest, isStaleConnection } from "./failure.ts";
import { requestHeaders } from "./request-headers.ts";
import { Tries } from "./tries.ts";
import { UpgradeAttempt } from "./upgrade-attempt.ts";
import type { Upstream } from "./upstream.ts";

/** An upstream has accepted the upgrade. */
export interface Agreement {
  readonly upstream: Upstream;
  readonly socket: Duplex;
  /** Bytes received after the upstream's answer. */
  readonly head: Buffer;
  /** Names and values of that answer alternately. */
  readonly rawHeaders: readonly string[];
}

/**
 * Sends a client's upgrade request to an upstream, and to the next one if it cannot be reached or fails before it
 * answers. Resolves with an Answer if the upgrade is refused, by an upstream or because none has answered.
 */
export async function askForUpgrade(deps: ProxyDeps, exchange: Exchange): Promise<Agreement | Answer> {
  const fields = [...requestHeaders(exchange), "connection", "Upgrade", "upgrade", exchange.headers.upgrade ?? ""];
  const wanted = { method: exchange.method, path: exchange.target, headers: fields };
  const tries = new Tries(deps, exchange);
  let attempt: UpgradeAttempt | undefined;
  exchange.onEnd(() => attempt?.abort());
  for (let upstream = await tries.next(); upstream !== undefined && !exchange.ended; upstream = await tries.next()) {
    attempt = new UpgradeAttempt(upstream, wanted, { connect: deps.connectTimeout, answer: tries.timeLeft });
    try {
      const { response, switched } = await attempt.reply;
      if (switched !== undefined && !isWebSocket(response)) {
        switched.socket.destroy();
        throw new Error("the upstream switched to a protocol that was not requested");
      }
      attempt = undefined;
      return switched ? { upstream, ...switched, rawHeaders: response.rawHeaders } : refusal(response, deps.timeout);
    } catch (error) {
      if (exchange.ended || isOfRequest(error)) return failureAnswer(error);
      const wasSent = attempt?.wasSent === true;
      if (!tries.failed(upstream, error, { wasSent, isStale: isStaleConnection(error), isRepeatable: true })) break;
    }
  }
  return tries.giveUp();
}

/** WebSocket is the only protocol that is requested. */
function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

function refusal(response: IncomingMessage, timeout: number): Answer {
  if (timeout > 0) response.setTimeout(withinTimer(timeout), () => response.destroy());
  return { status: response.statusCode ?? 502, headers: answerHeaders(response.headers, false), body: response };
}
