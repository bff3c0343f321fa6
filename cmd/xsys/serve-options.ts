import { LOG_LEVELS } from "../../internal/base/log-levels.ts";
import { DEFAULT_LIMITS, type IpcLimits } from "../../internal/ipc/limits.ts";
import { HEADER_BYTES } from "../../protocol/wire/frame.ts";
import type { Values } from "./flags/flag.ts";
import { count, milliseconds, seconds, size } from "./flags/kinds.ts";
import { oneOf, optionalPath } from "./flags/texts.ts";

const { maxFrame, maxConnections, maxInflight, drainTimeout } = DEFAULT_LIMITS;

/** Options of `xsys serve` in addition to the global ones; `xsys server start` has most of them, too. */
export const SERVE_OPTIONS = {
  socket: optionalPath(
    "Path of the socket to listen on, or a named pipe on Windows.",
    "$XSYS_SOCKET, or the user's default",
  ),
  "log-level": oneOf("Minimum level of log messages.", LOG_LEVELS, "info"),
  "max-frame": size({
    summary: "Maximum size of a frame.",
    byDefault: maxFrame,
    least: 1024,
    most: 0xffff_ffff - HEADER_BYTES,
  }),
  "max-connections": count({
    summary: "Maximum number of concurrent connections.",
    byDefault: maxConnections,
    least: 1,
    most: 1_000_000,
  }),
  "max-inflight": count({
    summary: "Maximum number of concurrent calls per connection.",
    byDefault: maxInflight,
    least: 1,
    most: 1_000_000,
  }),
  "drain-timeout": milliseconds({
    summary: "How long the service waits for calls and requests in flight when it, or a worker, stops.",
    byDefault: drainTimeout,
    most: 3_600_000,
  }),
  "idle-timeout": seconds({
    summary:
      "Stop the service after this many seconds in which it has no connection, no call and no open shared handle (see " +
      "`fs open --shared`); 0 to disable.",
    byDefault: 0,
    shownDefault: "0",
  }),
};

export function ipcLimits(values: Omit<Values<typeof SERVE_OPTIONS>, "idle-timeout">): Partial<IpcLimits> {
  return {
    maxFrame: values["max-frame"],
    maxConnections: values["max-connections"],
    maxInflight: values["max-inflight"],
    drainTimeout: values["drain-timeout"],
  };
}
