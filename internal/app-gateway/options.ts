import type { GatewayOptions } from "../gateway/options.ts";

/**
 * Options of the gateway in front of an app that knows nothing of it. What the app would decide itself is left to it:
 * bodies of any size, answers that take any time, no compression, and no pages of the gateway's own.
 */
export function gatewayOptions({ host, port }: Pick<GatewayOptions, "host" | "port">): GatewayOptions {
  return {
    host,
    port,
    timeout: 0,
    maxBody: Number.MAX_SAFE_INTEGER,
    maxUrl: 16_384, // the limit of Node's parser for the whole head
    http2MaxStreams: 100,
    keepAliveTimeout: 60_000,
    keepAliveRequests: 0,
    queueTimeout: 30_000,
    retry: { max: 3, delay: 0 },
    strategy: "least-connections",
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
