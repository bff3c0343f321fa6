import { createHash } from "node:crypto";
import { type AppSpec, describedFront } from "./app-spec.ts";

/**
 * Identifies everything of an app's description that makes a clone what it is. Two descriptions with the same version
 * need no restart.
 */
export function versionOf(spec: AppSpec): string {
  const { command, cwd, environment, front, ...rest } = spec;
  const { clones: _clones, log: _log, watch: _watch, cron: _cron, after: _after, ...limits } = rest;
  return createHash("sha256")
    .update(canonical({ command, cwd, environment, front: describedFront(front), limits }))
    .digest("hex")
    .slice(0, 16);
}

/** The description with what makes the clones of another one what they are: both have the same version. */
export function withVersionOf(version: AppSpec, spec: AppSpec): AppSpec {
  const { clones, log, watch, cron, after } = spec;
  const { watch: _watch, cron: _cron, after: _after, ...rest } = version;
  return {
    ...rest,
    clones,
    log,
    ...(watch && { watch }),
    ...(cron !== undefined && { cron }),
    ...(after && { after }),
  };
}

/** JSON with sorted names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
