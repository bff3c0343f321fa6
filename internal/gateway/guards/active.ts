import type { GuardConfiguration } from "../options.ts";

/** A guard's configuration; undefined if it is absent or disabled. `true` enables the guard with its defaults. */
export function active(configuration: unknown): GuardConfiguration | undefined {
  if (configuration === true) return {};
  if (typeof configuration !== "object" || configuration === null || Array.isArray(configuration)) return undefined;
  return "enabled" in configuration && configuration.enabled === false
    ? undefined
    : (configuration as GuardConfiguration);
}
