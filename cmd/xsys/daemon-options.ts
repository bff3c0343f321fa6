import { LOG_LEVELS } from "../../internal/base/log-levels.ts";
import { oneOf, optionalPath, optionalText } from "./flags/texts.ts";

/** Options of `xsys daemon`. */
export const DAEMON_OPTIONS = {
  config: optionalPath(
    "Configuration file of apps, or a directory with one. It is applied at the start and after SIGHUP.",
  ),
  "env-name": optionalText("Also apply `env_NAME` of the configuration."),
  "log-level": oneOf("Minimum level of log messages.", LOG_LEVELS, "info"),
};
