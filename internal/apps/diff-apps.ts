import { isDeepStrictEqual } from "node:util";
import { maskArguments, maskSecrets, maskVariable } from "../base/mask-environment.ts";
import { type AppSpec, describedFront } from "../keeper/app-spec.ts";

/** A difference between the current and the wanted state of an app, for people to see: secrets are masked. */
export interface FieldChange {
  /** `clones`, `log.maxSize`, `environment.own.PORT`. */
  readonly field: string;
  /** Undefined for a field that is added or removed. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export interface AppsDiff {
  readonly started: AppSpec[];
  readonly changed: { readonly name: string; readonly wanted: AppSpec; readonly fields: FieldChange[] }[];
  readonly removed: string[];
  readonly kept: string[];
}

/** What has to be done so that the wanted apps run in place of the current ones. */
export function diffApps(current: readonly AppSpec[], wanted: readonly AppSpec[]): AppsDiff {
  const before = new Map(current.map((app) => [app.name, app]));
  const names = new Set(wanted.map(({ name }) => name));
  const changed = wanted.flatMap((app) => {
    const fields = changesOf(before.get(app.name) ?? app, app);
    return fields.length === 0 ? [] : [{ name: app.name, wanted: app, fields }];
  });
  const changedNames = new Set(changed.map(({ name }) => name));
  return {
    started: wanted.filter(({ name }) => !before.has(name)),
    changed,
    removed: [...before.keys()].filter((name) => !names.has(name)),
    kept: [...names].filter((name) => before.has(name) && !changedNames.has(name)),
  };
}

function changesOf(before: AppSpec, after: AppSpec): FieldChange[] {
  return changes([], described(before), described(after));
}

function described(app: AppSpec): AppSpec {
  return { ...app, front: describedFront(app.front) };
}

/** Objects are compared field by field, lists as a whole. */
function changes(path: readonly string[], before: unknown, after: unknown): FieldChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isGroup(before) && isGroup(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => changes([...path, name], before[name], after[name]));
  }
  return [{ field: path.join("."), from: shown(path, before), to: shown(path, after) }];
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(path: readonly string[], value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const [group, , variable] = path;
  if (group === "environment" && variable !== undefined) return maskVariable(variable, String(value));
  if (group === "command") return JSON.stringify(maskArguments(value as AppSpec["command"]));
  return maskSecrets(typeof value === "string" ? value : JSON.stringify(value));
}
