import { Readable } from "node:stream";
import { type Answer, errorAnswer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { Attempt } from "./attempt.ts";
import type { ProxyDeps } from "./deps.ts";
import { failureAnswer, isOfRequest, isStaleConnection } from "./failure.ts";
import { type ForwardedRequest, forwardedRequest, isRepeatable } from "./forwarded-request.ts";
import { Tries } from "./tries.ts";

/**
 * Forwards a request and resolves with the upstream's answer. If an upstream fails before its answer has begun, another
 * one is tried, provided that nothing was sent to the first or that the request may be repeated. If none answers, the
 * status is 502, 503 (none is healthy) or 504; it is 400 if the request is invalid or its body could not be read
 * completely.
 */
export async function forward(deps: ProxyDeps, exchange: Exchange, body: ForwardedRequest["body"]): Promise<Answer> {
  const request = forwardedRequest(exchange, body);
  const tries = new Tries(deps, exchange);
  let attempt: Attempt | undefined;
  exchange.onEnd(() => attempt?.abort());
  for (let upstream = await tries.next(); upstream !== undefined && !exchange.ended; upstream = await tries.next()) {
    attempt = new Attempt(request, upstream, tries.timeLeft);
    try {
      const answer = await attempt.answer;
      if (answer.body instanceof Readable) tries.watch(upstream, answer.body);
      return answer;
    } catch (error) {
      if (body instanceof Readable && body.errored) return errorAnswer(400, "the body could not be read completely");
      if (exchange.ended || isOfRequest(error)) return failureAnswer(error);
      const { wasSent, hasBegun } = attempt;
      const isStale = !hasBegun && isStaleConnection(error);
      if (!tries.failed(upstream, error, { wasSent, isStale, isRepeatable: isRepeatable(request) })) break;
    }
  }
  return tries.giveUp();
}
