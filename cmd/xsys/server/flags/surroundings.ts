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
  plugins: list("Folders of plugins: one that has been revoked keeps the service from starting."),
  "project-root": withoutEffect(optionalPath("Folder of xypriss.config.json.")),
};

export const FIREWALL = {
  "firewall-enabled": flag("Say in the log which command opens the port: the firewall is not touched."),
  "firewall-auto-open": flag("The same."),
  "firewall-allowed-ips": list("Who shall reach it, by that command; none for everybody."),
};

const auto = { byDefault: -1, auto: -1, shownDefault: "auto" };

export const TASK_POOL: FlagTable = {
  "worker-pool": withoutEffect(flag("A pool for tasks.")),
  "worker-pool-max-tasks": withoutEffect(count({ summary: "Tasks at once.", ...auto })),
  "worker-pool-cpu-min": withoutEffect(count({ summary: "Fewest workers of computing.", ...auto })),
  "worker-pool-cpu-max": withoutEffect(count({ summary: "Most workers of computing.", ...auto })),
  "worker-pool-io-min": withoutEffect(count({ summary: "Fewest workers of input and output.", ...auto })),
  "worker-pool-io-max": withoutEffect(count({ summary: "Most workers of input and output.", ...auto })),
};
