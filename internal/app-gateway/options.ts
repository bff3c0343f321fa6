import type { GatewayOptions, ProxyOptions } from "../gateway/options.ts";

/** How long a request waits for a clone, if one is expected. */
export const QUEUE_TIMEOUT = 30_000;
const RETRY_MAX = 3;

/**
 * Options of the gateway in front of an app that knows nothing of it. What the app would decide itself is left to it:
 * bodies of any size, answers that take any time, no compression, and no pages of the gateway's own.
 * @param waitLimit - for an app whose clones listen on ports of their own: how long a request waits if there is none
 */
export function gatewayOptions(
  { host, port }: Pick<GatewayOptions, "host" | "port">,
  waitLimit?: () => number,
): GatewayOptions {
  return {
    host,
    port,
    timeout: 0,
    maxBody: Number.MAX_SAFE_INTEGER,
    maxUrl: 16_384, // the limit of Node's parser for the whole head
    http2MaxStreams: 100,
    keepAliveTimeout: 60_000,
    keepAliveRequests: 0,
    queueTimeout: QUEUE_TIMEOUT,
    retry: { max: RETRY_MAX, delay: 0 },
    strategy: "least-connections",
    ...(waitLimit !== undefined && { proxy: proxyOptions(waitLimit) }),
    standbyWarmUp: [],
    rescue: false,
    trustProxy: [],
    statics: { concurrency: 1, cacheEntries: 1, dotfiles: "ignore" },
    guards: {},
    accessLog: false,
    statusPages: false,
    workersTakeStreams: true,
  };
}

function proxyOptions(waitLimit: () => number): ProxyOptions {
  return {
    upstreams: [],
    changing: { waitLimit, retryMax: RETRY_MAX },
    strategy: "least-connections",
    connectTimeout: 60_000, // a clone that has ended refuses connections at once; others may have a full queue
    idleTimeout: 1_000, // less than the time after which servers close idle connections: gunicorn 2 s, uvicorn and Node 5 s
    timeout: 0,
  };
}
