import { STRATEGIES, type StrategyName } from "../../../../internal/balance/strategies.ts";
import type { ProxyOptions } from "../../../../internal/gateway/options.ts";
import type { Flag, Values } from "../../flags/flag.ts";
import { withoutEffect } from "../../flags/flag.ts";
import { count, flag, milliseconds } from "../../flags/kinds.ts";
import { list, oneOf, text } from "../../flags/texts.ts";
import type { REQUESTS } from "./requests.ts";

export const PROXY = {
  "proxy-upstreams": list("Servers for paths that no worker has a route for: http://host:port, with #2 for weight 2."),
  "proxy-strategy": strategy("How one of them is chosen."),
  "proxy-hc-enabled": flag("Ask them for their health."),
  "proxy-hc-interval": milliseconds({ summary: "How often.", byDefault: 10_000, least: 10 }),
  "proxy-hc-timeout": milliseconds({ summary: "How long an answer may take.", byDefault: 3_000, least: 1 }),
  "proxy-hc-path": text("What is asked for; 2xx and 3xx are healthy.", "/health"),
  "proxy-hc-unhealthy": count({ summary: "Failures in a row that take one out.", byDefault: 2, least: 1 }),
  "proxy-hc-healthy": count({ summary: "Successes in a row that take it in again.", byDefault: 1, least: 1 }),
  "pool-timeout": milliseconds({ summary: "How long connecting to one may take.", byDefault: 5_000 }),
  "pool-idle-timeout": milliseconds({ summary: "How long a connection to one is kept.", byDefault: 90_000 }),
  "perf-connection-pooling": withoutEffect(flag("Keep connections to them.", true)),
};

/** How one of several is chosen, under every name that XyPriss knows for it. */
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
