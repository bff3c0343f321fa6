import { LOG_LEVELS } from "../../internal/base/log-levels.ts";
import { DEFAULT_LIMITS, type IpcLimits } from "../../internal/ipc/limits.ts";
import { HEADER_BYTES } from "../../protocol/wire/frame.ts";
import type { Values } from "./flags/flag.ts";
import { count, milliseconds, size } from "./flags/kinds.ts";
import { oneOf, optionalPath } from "./flags/texts.ts";

const { maxFrame, maxConnections, maxInflight, drainTimeout } = DEFAULT_LIMITS;

/** What `xsys serve` takes beyond the global options; `xsys server start` takes it, too. */
export const SERVE_OPTIONS = {
  socket: optionalPath("Where to listen: a path, or a named pipe on Windows.", "$XSYS_SOCKET, or the user's own"),
  "log-level": oneOf("Tells no less than that.", LOG_LEVELS, "info"),
  "max-frame": size({
    summary: "Largest frame, in bytes or as in 64m.",
    byDefault: maxFrame,
    least: 1024,
    most: 0xffff_ffff - HEADER_BYTES,
  }),
  "max-connections": count({ summary: "Connections at once.", byDefault: maxConnections, least: 1, most: 1_000_000 }),
  "max-inflight": count({
    summary: "Calls at once on a connection.",
    byDefault: maxInflight,
    least: 1,
    most: 1_000_000,
  }),
  "drain-timeout": milliseconds({
    summary: "How long what is in flight has to finish when the service stops.",
    byDefault: drainTimeout,
    most: 3_600_000,
  }),
};

export function ipcLimits(values: Values<typeof SERVE_OPTIONS>): Partial<IpcLimits> {
  return {
    maxFrame: values["max-frame"],
    maxConnections: values["max-connections"],
    maxInflight: values["max-inflight"],
    drainTimeout: values["drain-timeout"],
  };
}
