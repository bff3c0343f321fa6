import { errorAnswer, type Gate } from "../exchange/answer.ts";
import type { ConcurrencyOptions } from "../options.ts";
import { clientKey } from "./client-key.ts";
import { RequestQueue } from "./request-queue.ts";

export interface Concurrency {
  readonly gate: Gate;
  /** Number of waiting requests. */
  readonly waiting: number;
}

const TOO_MANY = errorAnswer(429, "Too many concurrent requests from this address");

/**
 * Limits concurrent requests to `max`; the others wait. If too many wait, or a request waits too long, it is refused
 * with 503. A client's requests beyond `maxPerClient`, waiting ones included, are refused with 429.
 */
export function createConcurrency(options: ConcurrencyOptions): Concurrency {
  const { maxPerClient } = options;
  const perClient = new Map<string, number>();
  const queue = new RequestQueue(options);
  const leave = (client: string) => {
    const count = perClient.get(client) ?? 0;
    if (count > 1) perClient.set(client, count - 1);
    else perClient.delete(client);
  };
  const gate: Gate = (exchange) => {
    if (maxPerClient > 0) {
      const client = clientKey(exchange.client);
      const count = perClient.get(client) ?? 0;
      if (count >= maxPerClient) return TOO_MANY;
      perClient.set(client, count + 1);
      exchange.onEnd(() => leave(client));
    }
    return queue.enter(exchange);
  };
  return {
    gate,
    get waiting() {
      return queue.waiting;
    },
  };
}
