import { resolve } from "node:path";
import type { Contract } from "./command.ts";

/**
 * Parameters that are paths to the caller though the command does not touch what they name, so that they are not
 * declared as paths: no confinement is checked. Nobody but the caller knows what they are relative to.
 */
const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  "path.relative": ["from", "to"],
  "path.is-child": ["parent", "child"],
};

/** Parameters for a service whose root may be another one: relative paths are made absolute against the caller's root. */
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
    // An empty path has a meaning of its own to the command.
    else if (isPath !== undefined && typeof value === "string" && value !== "") absolute[name] = resolve(root, value);
  }
  for (const name of COMPUTED[command] ?? []) {
    if (typeof absolute[name] === "string") absolute[name] = resolve(root, absolute[name]);
  }
  if (command === "path.resolve") absolute.segments = [resolve(root), ...((absolute.segments ?? []) as string[])];
  return absolute;
}
