import type { GatewayOptions } from "../../../../internal/gateway/options.ts";
import type { Values } from "../../flags/flag.ts";
import { withoutEffect } from "../../flags/flag.ts";
import { count, flag, milliseconds, seconds, size } from "../../flags/kinds.ts";

export const REQUESTS = {
  timeout: seconds({
    summary: "How long the gateway waits for a worker's response. After that, the client gets 504. 0 for no limit.",
    byDefault: 30_000,
  }),
  "max-body-size": size({
    summary: "Maximum size of a request body. Requests with a larger body are answered with 413.",
    byDefault: 10 * 1024 ** 2,
    most: 2 ** 40,
  }),
  "max-url-length": count({
    summary: "Maximum length of a request target. Requests with a longer target are answered with 414.",
    byDefault: 2048,
    least: 1,
    most: 65_536,
  }),
  "retry-max": count({
    summary:
      "Maximum number of retries of a request whose worker was lost. Each retry goes to another worker process. Only " +
      "idempotent requests are retried.",
    byDefault: 3,
    most: 100,
  }),
  "retry-delay": milliseconds({
    summary: "Delay before the second and each further retry of a request. The first retry is sent at once.",
    byDefault: 0,
    most: 60_000,
  }),
  "queue-timeout": milliseconds({
    summary:
      "Maximum time that a request waits for a ready worker, or because of --max-concurrent-requests. After that, " +
      "the client gets 503. 0 for the default.",
    byDefault: 10_000,
    most: 3_600_000,
  }),
  "keepalive-timeout": milliseconds({
    summary: "How long an idle connection is kept open.",
    byDefault: 60_000,
    most: 86_400_000,
  }),
  "keepalive-requests": count({ summary: "Maximum number of requests per connection; 0 for no limit.", byDefault: 0 }),
  "http2-max-streams": count({
    summary: "Maximum number of concurrent requests per HTTP/2 connection.",
    byDefault: 100,
    least: 1,
  }),
  "allow-trace": flag(
    "Answer a TRACE request with the request as it was received, without cookies and credentials. By default TRACE " +
      "is answered with 405.",
  ),
  "access-log": flag("Log every response."),
  "perf-batch-size": withoutEffect(count({ summary: "Number of messages queued per worker.", byDefault: 100 })),
};

type RequestOptions = Pick<
  GatewayOptions,
  | "timeout"
  | "maxBody"
  | "maxUrl"
  | "retry"
  | "queueTimeout"
  | "keepAliveTimeout"
  | "keepAliveRequests"
  | "http2MaxStreams"
  | "allowTrace"
  | "accessLog"
>;

export function requestOptions(values: Values<typeof REQUESTS>): RequestOptions {
  return {
    timeout: values.timeout,
    maxBody: values["max-body-size"],
    maxUrl: values["max-url-length"],
    retry: { max: values["retry-max"], delay: values["retry-delay"] },
    queueTimeout: queueTimeout(values),
    keepAliveTimeout: values["keepalive-timeout"],
    keepAliveRequests: values["keepalive-requests"],
    http2MaxStreams: values["http2-max-streams"],
    ...(values["allow-trace"] && { allowTrace: true as const }),
    accessLog: values["access-log"],
  };
}

/** XyPriss sends 0 if no time is configured. */
export function queueTimeout({ "queue-timeout": given }: Pick<Values<typeof REQUESTS>, "queue-timeout">): number {
  return given || REQUESTS["queue-timeout"].byDefault;
}
