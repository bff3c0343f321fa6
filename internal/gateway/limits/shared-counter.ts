import { XsysError } from "../../../protocol/errors.ts";
import type { Logger } from "../../base/log.ts";
import { createBreaker } from "./breaker.ts";
import type { Hits } from "./window-counter.ts";

export interface SharedCounter {
  /** Undefined if the store is unavailable. */
  hit(client: string): Promise<Hits | undefined>;
  close(): void;
}

/**
 * Counts and returns the time left, atomically. A key without an expiry, which another program must have set, gets one.
 */
const COUNT = `
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return {count, left}`;

const PREFIX = "xsys:rate:";
/** Milliseconds: to connect, for one answer, and between two attempts to reach a store that is down. */
const CONNECT_TIMEOUT = 2_000;
const ANSWER_TIMEOUT = 1_000;
const RETRY_AFTER = 1_000;

/**
 * Counts in Redis (`redis://` or `rediss://`), so that all gateways with the same store and database count together.
 * Requests do not wait for a store that is down; one request per second tries it again.
 * @throws INVALID_PARAMS for another URL.
 */
export async function createSharedCounter(store: string, window: number, log: Logger): Promise<SharedCounter> {
  if (!/^rediss?:\/\/./i.test(store)) {
    throw new XsysError("INVALID_PARAMS", `counting requests in "${store}" failed: not a redis:// or rediss:// URL`);
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
  const outage = outageLog(log, hostOf(store));
  redis.on("error", (error) => outage.isDown(error)); // emitted for every failed attempt to connect
  await redis.connect().catch((error) => outage.isDown(error));
  return {
    async hit(client) {
      if (!breaker.allows()) return undefined;
      try {
        const [count, left] = await redis.countRequest(PREFIX + client, window);
        breaker.succeeded();
        outage.isBack();
        return { count, left };
      } catch (error) {
        breaker.failed();
        outage.isDown(error);
        return undefined;
      }
    },
    close: () => redis.disconnect(),
  };
}

/** Logs once when a store goes down, and once when it is back. */
function outageLog(log: Logger, store: string): { isDown(error: unknown): void; isBack(): void } {
  let down = false;
  return {
    isDown(error) {
      if (!down) log.warn({ err: error, store }, "the rate limit's store is down: requests are not counted");
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
