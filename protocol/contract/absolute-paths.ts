import { resolve } from "node:path";
import type { Contract } from "./command.ts";

/**
 * Parameters that are paths for the caller, but not declared as paths because the command does not access them; so
 * confinement is not checked. Only the caller knows what they are relative to.
 */
const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  "path.relative": ["from", "to"],
  "path.is-child": ["parent", "child"],
};

/** Parameters for a service that may have another root: relative paths are resolved against the caller's root. */
export function withAbsolutePaths(
  { name: command, params: schema }: Contract,
  params: Record<string, unknown>,
  root: string,
): Record<string, unknown> {
  const absolute = { ...params };
  for (const [name, { "x-path": isPath, items, default: byDefault }] of Object.entries(schema.properties ?? {})) {
    const value = absolute[name] ?? byDefault;
    const isList = Array.isArray(value) && items !== undefined && "x-path" in items;
    if (isList) absolute[name] = value.map((path) => resolve(root, path));
    // An empty path has a special meaning for the command.
    else if (isPath !== undefined && typeof value === "string" && value !== "") absolute[name] = resolve(root, value);
  }
  for (const name of COMPUTED[command] ?? []) {
    if (typeof absolute[name] === "string") absolute[name] = resolve(root, absolute[name]);
  }
  if (command === "path.resolve") absolute.segments = [resolve(root), ...((absolute.segments ?? []) as string[])];
  return absolute;
}
