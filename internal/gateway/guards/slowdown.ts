import { startTimer } from "../../../protocol/timers.ts";
import { type Answer, errorAnswer, type Gate, type GatedRequest } from "../exchange/answer.ts";
import type { Settings } from "./settings.ts";

/** Maximum number of counted clients, about 10 MB. Beyond it, the client with the oldest window is dropped. */
const CLIENTS = 100_000;
/** Maximum number of delayed requests, of all clients and of one. Each is an open connection. */
const WAITING = 10_000;
const WAITING_OF_CLIENT = 100;

interface Client {
  windowEnd: number;
  count: number;
  waiting: number;
}

/**
 * Delays a client's requests: within its window, each request beyond `delayAfter` waits `delayMs` longer than the one
 * before. If too many are waiting, further ones are refused with 429.
 */
export function createSlowdown(settings: Settings): Gate {
  const windowMs = settings.number("windowMs", 60_000, 1, 86_400_000);
  const delayAfter = settings.number("delayAfter", 1, 0, Number.MAX_SAFE_INTEGER);
  const delayMs = settings.number("delayMs", 500, 0, 600_000);
  const maxDelayMs = settings.number("maxDelayMs", 20_000, 0, 600_000);
  const clients = new Map<string, Client>();
  let waiting = 0;

  return (exchange) => {
    const client = clientOf(clients, exchange.client, windowMs);
    client.count += 1;
    const delay = Math.min((client.count - delayAfter) * delayMs, maxDelayMs);
    if (delay <= 0) return undefined;
    if (waiting >= WAITING || client.waiting >= WAITING_OF_CLIENT) return refusal(client);
    waiting += 1;
    client.waiting += 1;
    return held(exchange, delay).finally(() => {
      waiting -= 1;
      client.waiting -= 1;
    });
  };
}

function clientOf(clients: Map<string, Client>, address: string, windowMs: number): Client {
  const now = performance.now();
  const known = clients.get(address);
  if (known !== undefined && now < known.windowEnd) return known;
  const client = known ?? { windowEnd: 0, count: 0, waiting: 0 };
  client.windowEnd = now + windowMs;
  client.count = 0;
  // Inserted again, to keep the order of the windows.
  clients.delete(address);
  clients.set(address, client);
  const [oldest] = clients.size > CLIENTS ? clients.keys().take(1) : [];
  if (oldest !== undefined) clients.delete(oldest);
  return client;
}

function refusal({ windowEnd }: Client): Answer {
  const seconds = Math.max(1, Math.ceil((windowEnd - performance.now()) / 1_000));
  return errorAnswer(429, "Too many requests are waiting, please try again later", { "retry-after": String(seconds) });
}

/**
 * Resolves after the delay. If the client disconnects, resolves with an answer, so that the request goes to no worker.
 */
function held(exchange: GatedRequest, delay: number): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const timer = startTimer(() => resolve(undefined), delay);
    exchange.onEnd(() => {
      clearTimeout(timer);
      resolve(GONE);
    });
  });
}

const GONE = errorAnswer(408, "Request Timeout: the client disconnected");
