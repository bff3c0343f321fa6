import type { Logger } from "../../base/log.ts";
import { type Answer, errorAnswer, type Gate, type GatedRequest } from "../exchange/answer.ts";
import type { RateLimitOptions } from "../options.ts";
import { clientKey } from "./client-key.ts";
import { createExclusions } from "./exclusions.ts";
import { createSharedCounter } from "./shared-counter.ts";
import { type Hits, WindowCounter } from "./window-counter.ts";

export interface RateLimit {
  readonly gate: Gate;
  close(): void;
}

/**
 * Refuses a client's requests beyond `max` in a window with 429, and adds the limit's state to every answer's headers.
 * Without a store, it counts in this process. While the store is down, requests pass.
 * @throws INVALID_PARAMS
 */
export async function createRateLimit(options: RateLimitOptions, log: Logger): Promise<RateLimit> {
  const isExcluded = await createExclusions(options.exclude);
  const judge = createJudge(options);
  if (options.store === undefined) {
    const counter = new WindowCounter(options.window);
    const gate: Gate = (exchange) =>
      isExcluded(exchange.path) ? undefined : judge(exchange, counter.hit(clientKey(exchange.client)));
    return { gate, close: () => {} };
  }
  const counter = await createSharedCounter(options.store, options.window, log);
  const gate: Gate = async (exchange) => {
    if (isExcluded(exchange.path)) return undefined;
    const hits = await counter.hit(clientKey(exchange.client));
    return hits && judge(exchange, hits);
  };
  return { gate, close: () => counter.close() };
}

function createJudge({ max, message, headers, legacyHeaders }: RateLimitOptions) {
  const limit = String(max);
  const refusal = messageAnswer(message);
  return (exchange: GatedRequest, { count, left }: Hits): Answer | undefined => {
    const seconds = Math.ceil(left / 1000);
    const remaining = String(Math.max(0, max - count));
    if (headers) {
      exchange.addHeader("ratelimit-limit", limit);
      exchange.addHeader("ratelimit-remaining", remaining);
      exchange.addHeader("ratelimit-reset", String(seconds));
    }
    if (legacyHeaders) {
      exchange.addHeader("x-ratelimit-limit", limit);
      exchange.addHeader("x-ratelimit-remaining", remaining);
      exchange.addHeader("x-ratelimit-reset", String(Math.ceil((Date.now() + left) / 1000)));
    }
    if (count <= max) return undefined;
    exchange.addHeader("retry-after", String(seconds));
    return refusal;
  };
}

/** A message that is JSON is sent unchanged. */
function messageAnswer(message: string): Answer {
  const answer = errorAnswer(429, message);
  return /^[{[]/.test(message) ? { ...answer, body: Buffer.from(message) } : answer;
}
