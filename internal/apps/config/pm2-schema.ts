import {
  type ConfigSchema,
  count,
  cron,
  duration,
  exitCodes,
  flag,
  NOT_SUPPORTED,
  noEffect,
  owner,
  port,
  size,
  text,
  variables,
  watch,
  words,
} from "./schema.ts";

const unsupported = noEffect(NOT_SUPPORTED);
const ownLogs = noEffect("has no effect: the output of apps is in the logs of xsys");
const ofPm2 = noEffect("has no effect: it is about pm2 itself");

/** Other names of fields in pm2 7 (lib/API/schema.json), and their main name. */
export const PM2_ALIASES: Readonly<Record<string, string>> = {
  exec: "script",
  exec_interpreter: "interpreter",
  interpreter_args: "node_args",
  interpreterArgs: "node_args",
  user: "uid",
  out: "out_file",
  output: "out_file",
  out_log: "out_file",
  error: "error_file",
  err: "error_file",
  err_file: "error_file",
  err_log: "error_file",
  log: "log_file",
  combine_logs: "merge_logs",
  cron: "cron_restart",
  pid: "pid_file",
};

const FIELDS: Readonly<Record<string, ConfigSchema>> = {
  script: text,
  name: text,
  args: words,
  cwd: text,
  instances: count,
  exec_mode: { enum: ["fork", "fork_mode", "cluster", "cluster_mode"] },
  interpreter: text,
  node_args: words,
  port,
  env: variables,
  env_file: text,
  max_memory_restart: size,
  autorestart: flag,
  stop_exit_codes: exitCodes,
  max_restarts: { type: "integer", minimum: 0 },
  min_uptime: duration,
  restart_delay: duration,
  exp_backoff_restart_delay: duration,
  kill_timeout: duration,
  uid: owner,
  gid: owner,
  source_map_support: flag,
  cron_restart: cron,
  watch,
  ignore_watch: words,
  watch_delay: duration,
  ...Object.fromEntries(
    [
      ...["watch_options", "wait_ready", "listen_timeout"],
      ...["namespace", "name_prefix", "instance_var", "increment_var", "filter_env", "append_env_to_name"],
      ...["shutdown_with_message", "pid_file"],
    ].map((name) => [name, unsupported]),
  ),
  ...Object.fromEntries(
    [
      ...["out_file", "error_file", "log_file", "merge_logs", "log_date_format", "time", "log_type", "disable_logs"],
    ].map((name) => [name, ownLogs]),
  ),
  ...Object.fromEntries(
    [
      ...["vizion", "pmx", "automation", "treekill", "windowsHide", "force", "trace", "disable_trace", "v8", "io"],
      ...["event_loop_inspector", "deep_monitoring", "post_update", "install_url", "write", "username"],
      ...["kill_retry_time", "execute_command", "disable_source_map_support", "autostart"],
    ].map((name) => [name, ofPm2]),
  ),
  autostart: noEffect("has no effect: an app of the configuration is started"),
};

/** The schema of an app in pm2's `ecosystem.config.*`. */
export const PM2_SCHEMA: ConfigSchema = {
  type: "object",
  properties: {
    ...FIELDS,
    ...Object.fromEntries(Object.entries(PM2_ALIASES).map(([alias, name]) => [alias, FIELDS[name] ?? {}])),
  },
  patternProperties: { "^env_(?!file$).+$": variables },
};
