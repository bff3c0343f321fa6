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
  "rate-limit": flag("Count the requests of each client, and answer 429 to those beyond."),
  "rate-limit-max": count({ summary: "Requests of a client in a window.", byDefault: 100, least: 1 }),
  "rate-limit-window": milliseconds({ summary: "Length of a window.", byDefault: 60_000, least: 1 }),
  "rate-limit-message": text("What a 429 says: a text, or JSON.", "Too many requests, please try again later."),
  "rate-limit-headers": flag("Send RateLimit-Limit, -Remaining and -Reset."),
  "rate-limit-legacy-headers": flag("Send X-RateLimit-Limit, -Remaining and -Reset."),
  "rate-limit-exclude": list("Paths that are not counted, with what is below them, or RE: and an expression."),
  "rate-limit-store": optionalText("Where several machines count together: redis://host:6379.", "memory"),
};

export const CONCURRENCY = {
  "max-concurrent-requests": count({ summary: "Requests at once; 0 for any number.", byDefault: 0 }),
  "max-per-ip": count({ summary: "Requests at once of a client, or 429; 0 for any number.", byDefault: 0 }),
  "max-queue-size": count({ summary: "Requests that wait for their turn, or 503; 0 for any number.", byDefault: 0 }),
};

export const BREAKER = {
  "breaker-enabled": flag("Answer 503 at once for a while after failures in a row."),
  "breaker-threshold": count({ summary: "Failures in a row that begin it.", byDefault: 5, least: 1 }),
  "breaker-timeout": seconds({ summary: "How long that is.", byDefault: 60_000 }),
};

export const QUALITY = {
  "quality-enabled": flag("Tell in the log when the last 100 requests were slow on average."),
  "quality-reject-poor": flag("Answer 503 then."),
  "quality-min-bw": size({ summary: "Slow is below that many bytes a second; 0 for no matter.", byDefault: 0 }),
  "quality-max-lat": milliseconds({ summary: "Slow is above that; 0 for no matter.", byDefault: 0 }),
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
