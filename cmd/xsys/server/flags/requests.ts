import type { GatewayOptions } from "../../../../internal/gateway/options.ts";
import type { Values } from "../../flags/flag.ts";
import { withoutEffect } from "../../flags/flag.ts";
import { count, flag, milliseconds, seconds, size } from "../../flags/kinds.ts";

export const REQUESTS = {
  timeout: seconds({ summary: "How long a worker has to answer, or 504; 0 for ever.", byDefault: 30_000 }),
  "max-body-size": size({ summary: "Largest body of a request, or 413.", byDefault: 10 * 1024 ** 2, most: 2 ** 40 }),
  "max-url-length": count({ summary: "Longest target of a request, or 414.", byDefault: 2048, least: 1, most: 65_536 }),
  "retry-max": count({
    summary: "How often a request that may be repeated goes to another worker when its own was lost.",
    byDefault: 3,
    most: 100,
  }),
  "retry-delay": milliseconds({ summary: "Pause before that.", byDefault: 0, most: 60_000 }),
  "queue-timeout": milliseconds({
    summary: "How long a request waits for a worker while none is ready, and for its turn, or 503; 0 for the default.",
    byDefault: 10_000,
    most: 3_600_000,
  }),
  "keepalive-timeout": milliseconds({
    summary: "How long a connection is kept without a request.",
    byDefault: 60_000,
    most: 86_400_000,
  }),
  "keepalive-requests": count({ summary: "Requests on one connection; 0 for any number.", byDefault: 0 }),
  "http2-max-streams": count({ summary: "Requests at once on a connection of HTTP/2.", byDefault: 100, least: 1 }),
  "allow-trace": flag(
    "Answers TRACE with the request as it came, without cookies and credentials; otherwise it is 405.",
  ),
  "access-log": flag("A line in the log for every answer."),
  "perf-batch-size": withoutEffect(count({ summary: "Messages queued for a worker.", byDefault: 100 })),
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

/** XyPriss sends 0 where nobody chose a time. */
export function queueTimeout({ "queue-timeout": given }: Pick<Values<typeof REQUESTS>, "queue-timeout">): number {
  return given || REQUESTS["queue-timeout"].byDefault;
}
