import type { GuardConfiguration } from "../options.ts";

/** A guard's configuration, unless it is absent or off. `true` is one without settings. */
export function active(configuration: unknown): GuardConfiguration | undefined {
  if (configuration === true) return {};
  if (typeof configuration !== "object" || configuration === null || Array.isArray(configuration)) return undefined;
  return "enabled" in configuration && configuration.enabled === false
    ? undefined
    : (configuration as GuardConfiguration);
}
