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

/** An upstream changes the protocol. */
export interface Agreement {
  readonly upstream: Upstream;
  readonly socket: Duplex;
  /** What came of it after the upstream's answer. */
  readonly head: Buffer;
  /** Name and value in turn, of that answer. */
  readonly rawHeaders: readonly string[];
}

/**
 * Asks an upstream for the protocol that a client wants; one that cannot be reached, or breaks off before it answered, is
 * followed by another. An answer is a refusal: an upstream's own as it is, or that there is none.
 */
export async function askForUpgrade(deps: ProxyDeps, exchange: Exchange): Promise<Agreement | Answer> {
  const wish = [...requestHeaders(exchange), "connection", "Upgrade", "upgrade", exchange.headers.upgrade ?? ""];
  const wanted = { method: exchange.method, path: exchange.target, headers: wish };
  const tries = new Tries(deps, exchange);
  let attempt: UpgradeAttempt | undefined;
  exchange.onEnd(() => attempt?.abort());
  for (let upstream = tries.next(); upstream !== undefined && !exchange.ended; upstream = tries.next()) {
    attempt = new UpgradeAttempt(upstream, wanted, { connect: deps.connectTimeout, answer: tries.timeLeft });
    try {
      const { response, switched } = await attempt.reply;
      if (switched !== undefined && !isWebSocket(response)) {
        switched.socket.destroy();
        throw new Error("it changed to a protocol that nobody asked it for");
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

/** The only one that is asked for. */
function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

function refusal(response: IncomingMessage, timeout: number): Answer {
  if (timeout > 0) response.setTimeout(withinTimer(timeout), () => response.destroy());
  return { status: response.statusCode ?? 502, headers: answerHeaders(response.headers, false), body: response };
}
