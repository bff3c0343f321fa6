import { XsysError } from "../../../protocol/errors.ts";
import type { Logger } from "../../base/log.ts";
import { createBreaker } from "./breaker.ts";
import type { Hits } from "./window-counter.ts";

export interface SharedCounter {
  /** Undefined when the store cannot tell. */
  hit(client: string): Promise<Hits | undefined>;
  close(): void;
}

/** A count and its window's end in one step; a key without an end, which nothing of ours leaves, is given one. */
const COUNT = `
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return {count, left}`;

const PREFIX = "xsys:rate:";
/** Milliseconds: for a connection, for one answer, and between two looks whether a store that was down is back. */
const CONNECT_TIMEOUT = 2_000;
const ANSWER_TIMEOUT = 1_000;
const RETRY_AFTER = 1_000;

/**
 * Counts in a Redis, by `redis://` or `rediss://`, so that all gateways with the same store and database count together.
 * Nobody waits for a store that is down: it is asked again by one request a second.
 * @throws INVALID_PARAMS for another kind of store.
 */
export async function createSharedCounter(store: string, window: number, log: Logger): Promise<SharedCounter> {
  if (!/^rediss?:\/\/./i.test(store)) {
    throw new XsysError("INVALID_PARAMS", `counting requests in "${store}" failed: it is no redis:// or rediss:// URL`);
  }
  const { Redis } = await import("./redis.ts");
  const redis = new Redis(store, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT,
    commandTimeout: ANSWER_TIMEOUT,
    retryStrategy: (times) => Math.min(times * 50, RETRY_AFTER),
    scripts: { countRequest: { lua: COUNT, numberOfKeys: 1 } },
  }) as InstanceType<typeof Redis> & { countRequest(key: string, window: number): Promise<[number, number]> };
  const breaker = createBreaker({ threshold: 1, timeout: RETRY_AFTER });
  const tell = outageLog(log, hostOf(store));
  redis.on("error", (error) => tell.isDown(error)); // every failed attempt to connect is one
  await redis.connect().catch((error) => tell.isDown(error));
  return {
    async hit(client) {
      if (!breaker.allows()) return undefined;
      try {
        const [count, left] = await redis.countRequest(PREFIX + client, window);
        breaker.succeeded();
        tell.isBack();
        return { count, left };
      } catch (error) {
        breaker.failed();
        tell.isDown(error);
        return undefined;
      }
    },
    close: () => redis.disconnect(),
  };
}

/** Tells once that a store is down, and once that it is back. */
function outageLog(log: Logger, store: string): { isDown(error: unknown): void; isBack(): void } {
  let down = false;
  return {
    isDown(error) {
      if (!down) log.warn({ err: error, store }, "the rate limit's store is down: requests pass uncounted");
      down = true;
    },
    isBack() {
      if (down) log.info({ store }, "the rate limit's store is back");
      down = false;
    },
  };
}

/** Without user and password. */
function hostOf(store: string): string {
  return URL.canParse(store) ? new URL(store).host : "";
}
