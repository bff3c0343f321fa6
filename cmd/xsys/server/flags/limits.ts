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
  "rate-limit-window": milliseconds({
    summary: "Length of the time window for --rate-limit-max.",
    byDefault: 60_000,
    least: 1,
  }),
  "rate-limit-message": text("Message of a 429 response: text or JSON.", "Too many requests, please try again later."),
  "rate-limit-headers": flag("Send the headers RateLimit-Limit, RateLimit-Remaining and RateLimit-Reset."),
  "rate-limit-legacy-headers": flag("Send the headers X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset."),
  "rate-limit-exclude": list(
    "Comma-separated beginnings of paths that are not limited. If an entry begins with `RE:`, the rest of it is a " +
      "regular expression, and paths that match it are not limited.",
  ),
  "rate-limit-store": optionalText("Store for the counts; redis://host:6379 is shared by several machines.", "memory"),
};

export const CONCURRENCY = {
  "max-concurrent-requests": count({
    summary:
      "Maximum number of concurrent requests. Further requests wait in order of arrival: at most --max-queue-size of " +
      "them, each for at most --queue-timeout. 0 for no limit.",
    byDefault: 0,
  }),
  "max-per-ip": count({
    summary:
      "Maximum number of concurrent requests per client, including requests that wait. Further requests are answered " +
      "with 429. 0 for no limit.",
    byDefault: 0,
  }),
  "max-queue-size": count({
    summary:
      "Maximum number of requests that wait because of --max-concurrent-requests. Further requests are answered with " +
      "503. 0 for no limit.",
    byDefault: 0,
  }),
};

export const BREAKER = {
  "breaker-enabled": flag(
    "If --breaker-threshold requests to workers have failed in a row, answer further requests with 503 at once, for " +
      "--breaker-timeout.",
  ),
  "breaker-threshold": count({
    summary: "Number of consecutive failures that open the circuit breaker.",
    byDefault: 5,
    least: 1,
  }),
  "breaker-timeout": seconds({ summary: "How long the circuit breaker stays open.", byDefault: 60_000 }),
};

export const QUALITY = {
  "quality-enabled": flag(
    "Measure the averages of the last 100 requests. Log when requests become slow on average (see --quality-max-lat " +
      "and --quality-min-bw), and when they are no longer slow.",
  ),
  "quality-reject-poor": flag(
    "Answer with 503 while requests are slow on average, as measured by --quality-enabled. Every tenth request is " +
      "let through, so that an improvement is noticed.",
  ),
  "quality-min-bw": size({
    summary:
      "Requests are slow if the average bytes per second are below this. Only responses of at least 16 KiB are " +
      "measured. 0 to disable.",
    byDefault: 0,
  }),
  "quality-max-lat": milliseconds({
    summary: "Requests are slow if their average latency is above this. 0 to disable.",
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
