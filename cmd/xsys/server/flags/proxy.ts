import { STRATEGIES, type StrategyName } from "../../../../internal/balance/strategies.ts";
import type { ProxyOptions } from "../../../../internal/gateway/options.ts";
import type { Flag, Values } from "../../flags/flag.ts";
import { withoutEffect } from "../../flags/flag.ts";
import { count, flag, milliseconds } from "../../flags/kinds.ts";
import { list, oneOf, text } from "../../flags/texts.ts";
import type { REQUESTS } from "./requests.ts";

export const PROXY = {
  "proxy-upstreams": list(
    "Comma-separated upstream servers, which get the requests for paths without a worker's route. Each entry is " +
      "http://host:port, optionally followed by a weight, such as #2.",
  ),
  "proxy-strategy": strategy("Load-balancing strategy for upstreams."),
  "proxy-hc-enabled": flag("Check the health of upstreams."),
  "proxy-hc-interval": milliseconds({ summary: "Interval between health checks.", byDefault: 10_000, least: 10 }),
  "proxy-hc-timeout": milliseconds({ summary: "Time limit for a health check.", byDefault: 3_000, least: 1 }),
  "proxy-hc-path": text("Path of the health check. An upstream that answers with 2xx or 3xx is healthy.", "/health"),
  "proxy-hc-unhealthy": count({
    summary: "Consecutive failed health checks after which an upstream is not used.",
    byDefault: 2,
    least: 1,
  }),
  "proxy-hc-healthy": count({
    summary: "Consecutive successful health checks after which an upstream is used again.",
    byDefault: 1,
    least: 1,
  }),
  "pool-timeout": milliseconds({ summary: "Time limit for connecting to an upstream.", byDefault: 5_000 }),
  "pool-idle-timeout": milliseconds({
    summary: "How long an idle connection to an upstream is kept open.",
    byDefault: 90_000,
  }),
  "perf-connection-pooling": withoutEffect(flag("Keep connections to upstreams open.", true)),
};

/** A load-balancing strategy, by any of the names that XyPriss has for it. */
export function strategy(summary: string): Flag<StrategyName> {
  const names = Object.keys(STRATEGIES) as (keyof typeof STRATEGIES)[];
  const named = oneOf(summary, names, "round-robin");
  return {
    ...named,
    byDefault: "round-robin",
    parse: (given) => {
      const name = named.parse(given);
      return name === undefined ? undefined : STRATEGIES[name];
    },
  };
}

export function proxyOptions(
  values: Values<typeof PROXY> & Pick<Values<typeof REQUESTS>, "timeout">,
): ProxyOptions | undefined {
  if (values["proxy-upstreams"].length === 0) return undefined;
  return {
    upstreams: values["proxy-upstreams"],
    strategy: values["proxy-strategy"],
    connectTimeout: values["pool-timeout"],
    idleTimeout: values["pool-idle-timeout"],
    timeout: values.timeout,
    ...(values["proxy-hc-enabled"] && {
      healthCheck: {
        interval: values["proxy-hc-interval"],
        timeout: values["proxy-hc-timeout"],
        path: values["proxy-hc-path"],
        unhealthy: values["proxy-hc-unhealthy"],
        healthy: values["proxy-hc-healthy"],
      },
    }),
  };
}
