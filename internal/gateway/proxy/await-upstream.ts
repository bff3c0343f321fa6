import { startTimer } from "../../../protocol/timers.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { Upstream } from "./upstream.ts";
import type { Upstreams } from "./upstreams.ts";

/** Milliseconds in which an upstream whose process has ended is removed. One that stays then has failed by itself. */
const REMOVED_WITHIN = 300;

interface Wait {
  readonly exchange: Exchange;
  /** Upstreams that have failed to answer the request. */
  readonly tried: ReadonlySet<Upstream>;
  /** Milliseconds to wait while there is no upstream at all. */
  readonly waitLimit: () => number;
}

/**
 * Waits until there is an upstream that was not tried. Resolves to undefined if there is none in time, if those that
 * were tried are still there, or if the client has disconnected.
 */
export function awaitUpstream(
  upstreams: Upstreams,
  { exchange, tried, waitLimit }: Wait,
): Promise<Upstream | undefined> {
  const { promise, resolve } = Promise.withResolvers<Upstream | undefined>();
  const since = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const settle = (upstream: Upstream | undefined): void => {
    clearTimeout(timer);
    unwatch();
    resolve(upstream);
  };
  const look = (): void => {
    clearTimeout(timer);
    const upstream = upstreams.pick(exchange.client, tried);
    const left = (upstreams.hasAvailable ? REMOVED_WITHIN : waitLimit()) + since - performance.now();
    if (upstream !== undefined || exchange.ended || left <= 0) settle(upstream);
    else timer = startTimer(look, left);
  };
  const unwatch = upstreams.watch(look);
  exchange.onEnd(look);
  look();
  return promise;
}
