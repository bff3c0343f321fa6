import type {
  BreakerOptions,
  ConcurrencyOptions,
  QualityOptions,
  RateLimitOptions,
} from "../../../../internal/gateway/options.ts";
import type { Values } from "../../flags/flag.ts";
import { count, flag, milliseconds, seconds, size } from "../../flags/kinds.ts";
import { list, optionalText, text } from "../../flags/texts.ts";
import { queueTimeout, type REQUESTS } from "./requests.ts";

export const RATE_LIMIT = {
  "rate-limit": flag("Limit the rate of requests per client; requests over the limit are answered with 429."),
  "rate-limit-max": count({ summary: "Maximum number of requests per client in a window.", byDefault: 100, least: 1 }),
  "rate-limit-window": milliseconds({ summary: "Length of the window.", byDefault: 60_000, least: 1 }),
  "rate-limit-message": text("Message of a 429 response: text or JSON.", "Too many requests, please try again later."),
  "rate-limit-headers": flag("Send RateLimit-Limit, -Remaining and -Reset."),
  "rate-limit-legacy-headers": flag("Send X-RateLimit-Limit, -Remaining and -Reset."),
  "rate-limit-exclude": list(
    "Comma-separated paths that are not limited, including everything that begins with them; `RE:…` is a regular " +
      "expression.",
  ),
  "rate-limit-store": optionalText("Store that several machines share, such as redis://host:6379.", "memory"),
};

export const CONCURRENCY = {
  "max-concurrent-requests": count({
    summary:
      "Maximum number of concurrent requests; others wait in order of arrival, up to --max-queue-size and " +
      "--queue-timeout; 0 for no limit.",
    byDefault: 0,
  }),
  "max-per-ip": count({
    summary:
      "Maximum number of concurrent requests per client, waiting ones included; further ones get 429; 0 for no limit.",
    byDefault: 0,
  }),
  "max-queue-size": count({
    summary:
      "Maximum number of requests that wait because of --max-concurrent-requests; further ones get 503; 0 for no " +
      "limit.",
    byDefault: 0,
  }),
};

export const BREAKER = {
  "breaker-enabled": flag("After consecutive failures, answer requests with 503 at once for some time."),
  "breaker-threshold": count({ summary: "Consecutive failures that open the breaker.", byDefault: 5, least: 1 }),
  "breaker-timeout": seconds({ summary: "How long the breaker stays open.", byDefault: 60_000 }),
};

export const QUALITY = {
  "quality-enabled": flag(
    "Log when the last 100 requests were slow on average (--quality-max-lat, --quality-min-bw), and when they no " +
      "longer are.",
  ),
  "quality-reject-poor": flag(
    "Answer with 503 while the average of --quality-enabled is slow; every tenth request is let through, and " +
      "rejection ends when the average is good again.",
  ),
  "quality-min-bw": size({
    summary:
      "Average bytes per second below which requests count as slow, measured on responses of at least 16 KiB; 0 to " +
      "disable.",
    byDefault: 0,
  }),
  "quality-max-lat": milliseconds({
    summary: "Average latency above which requests count as slow; 0 to disable.",
    byDefault: 0,
  }),
};

export function rateLimitOptions(values: Values<typeof RATE_LIMIT>): RateLimitOptions | undefined {
  if (!values["rate-limit"]) return undefined;
  const store = values["rate-limit-store"];
  return {
    max: values["rate-limit-max"],
    window: values["rate-limit-window"],
    message: values["rate-limit-message"],
    headers: values["rate-limit-headers"],
    legacyHeaders: values["rate-limit-legacy-headers"],
    exclude: values["rate-limit-exclude"],
    ...(store !== undefined && { store }),
  };
}

export function concurrencyOptions(
  values: Values<typeof CONCURRENCY> & Pick<Values<typeof REQUESTS>, "queue-timeout">,
): ConcurrencyOptions | undefined {
  const { "max-concurrent-requests": max, "max-per-ip": maxPerClient } = values;
  if (max === 0 && maxPerClient === 0) return undefined;
  return { max, maxPerClient, maxQueue: values["max-queue-size"], queueTimeout: queueTimeout(values) };
}

export function breakerOptions(values: Values<typeof BREAKER>): BreakerOptions | undefined {
  if (!values["breaker-enabled"]) return undefined;
  return { threshold: values["breaker-threshold"], timeout: values["breaker-timeout"] };
}

export function qualityOptions(values: Values<typeof QUALITY>): QualityOptions | undefined {
  if (!values["quality-enabled"]) return undefined;
  return {
    rejectPoor: values["quality-reject-poor"],
    minBandwidth: values["quality-min-bw"],
    maxLatency: values["quality-max-lat"],
  };
}
