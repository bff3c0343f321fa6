import type { FlagTable } from "../../flags/flag.ts";
import { withoutEffect } from "../../flags/flag.ts";
import { count, flag } from "../../flags/kinds.ts";
import { list, optionalPath } from "../../flags/texts.ts";
import { SERVE_OPTIONS } from "../../serve-options.ts";

export const IPC = {
  "max-frame": SERVE_OPTIONS["max-frame"],
  "max-connections": SERVE_OPTIONS["max-connections"],
  "max-inflight": SERVE_OPTIONS["max-inflight"],
};

export const PLUGINS = {
  plugins: list(
    "Comma-separated plugin directories. If the package.json of a plugin sets `xfpm.revoked` to true, the service " +
      "does not start.",
  ),
  "project-root": withoutEffect(optionalPath("Directory of xypriss.config.json.")),
};

export const FIREWALL = {
  "firewall-enabled": flag("Log the command that opens the port in the firewall. The firewall is not changed."),
  "firewall-auto-open": flag("Same as --firewall-enabled."),
  "firewall-allowed-ips": list(
    "Comma-separated addresses for which the logged command opens the port; by default all.",
  ),
};

const auto = { byDefault: -1, auto: -1, shownDefault: "auto" };

export const TASK_POOL: FlagTable = {
  "worker-pool": withoutEffect(flag("Use a task pool.")),
  "worker-pool-max-tasks": withoutEffect(count({ summary: "Maximum number of concurrent tasks.", ...auto })),
  "worker-pool-cpu-min": withoutEffect(count({ summary: "Minimum number of CPU workers.", ...auto })),
  "worker-pool-cpu-max": withoutEffect(count({ summary: "Maximum number of CPU workers.", ...auto })),
  "worker-pool-io-min": withoutEffect(count({ summary: "Minimum number of I/O workers.", ...auto })),
  "worker-pool-io-max": withoutEffect(count({ summary: "Maximum number of I/O workers.", ...auto })),
};
