import { DEFAULT_LIMITS } from "../../internal/ipc/limits.ts";

/** What `xsys serve` takes beyond the global options. */
export const SERVE_OPTIONS: Readonly<Record<string, { readonly summary: string; readonly byDefault: string }>> = {
  socket: {
    summary: "Where to listen: a path, or a named pipe on Windows.",
    byDefault: "$XSYS_SOCKET, or the user's own",
  },
  "log-level": { summary: "trace, debug, info, warn, error, fatal or silent.", byDefault: "info" },
  "max-frame": { summary: "Largest frame, in bytes or as in 64m.", byDefault: String(DEFAULT_LIMITS.maxFrame) },
  "max-connections": { summary: "Connections at once.", byDefault: String(DEFAULT_LIMITS.maxConnections) },
  "max-inflight": { summary: "Calls at once on a connection.", byDefault: String(DEFAULT_LIMITS.maxInflight) },
  "drain-timeout": {
    summary: "Milliseconds that calls in flight have to finish when the service stops.",
    byDefault: String(DEFAULT_LIMITS.drainTimeout),
  },
};
